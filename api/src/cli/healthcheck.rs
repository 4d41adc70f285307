//! `ringbuch healthcheck`: asks a running server whether it is ready, for containers that have no curl.

use super::args::HealthcheckArgs;
use super::{Exit, Failure, Output};
use crate::config::Config;
use serde_json::Value;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(5);

pub async fn run(args: &HealthcheckArgs, config: &Config, output: Output) -> Result<Exit, Failure> {
    let url = args.url.clone().unwrap_or_else(|| format!("http://{}", reachable(config.listen)));
    let url = format!("{}/readyz", url.trim_end_matches('/'));
    if reqwest::Url::parse(&url).is_err() {
        return Err(Failure::usage(format!("'{url}' is no address")).hint("write it like http://127.0.0.1:8080"));
    }
    let (status, answer) = ask(&url).await.map_err(|error| {
        Failure::new(format!("no server answers at {url}: {}", root(&error))).hint("start it with `ringbuch serve`")
    })?;
    let ours = answer.get("checks").is_some() || status == 503;
    if !ours {
        let what = format!("{url} answered {status}, and not as Ringbuch does");
        return Err(Failure::new(what).hint("name the server's own address, without a path"));
    }
    output.value(&answer, || told(&answer))?;
    Ok(if status == 200 { Exit::Done } else { Exit::Failed })
}

async fn ask(url: &str) -> Result<(u16, Value), reqwest::Error> {
    // A proxy of the environment must not stand between us and this machine.
    let client = reqwest::Client::builder().timeout(PATIENCE).no_proxy().build()?;
    let response = client.get(url).send().await?;
    let status = response.status().as_u16();
    Ok((status, response.json().await.unwrap_or(Value::Null)))
}

/// A server that listens on every address is asked on loopback.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}

/// The innermost cause says what happened; the outer ones repeat the address.
fn root(error: &dyn std::error::Error) -> String {
    error.source().map_or_else(|| error.to_string(), root)
}

fn told(answer: &Value) -> String {
    let checks = answer["checks"].as_array().cloned().unwrap_or_default();
    let line = |check: &Value| {
        let state = if check["ok"] == true { "ok    " } else { "not ok" };
        let detail = check["detail"].as_str().map(|detail| format!(": {detail}")).unwrap_or_default();
        format!("{state}  {}{detail}", check["name"].as_str().unwrap_or_default())
    };
    if !checks.is_empty() {
        return checks.iter().map(line).collect::<Vec<_>>().join("\n");
    }
    answer["title"].as_str().or(answer["status"].as_str()).unwrap_or("no answer that can be read").to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_address_means_loopback() {
        for (listen, asked) in
            [("0.0.0.0:8080", "127.0.0.1:8080"), ("[::]:8080", "[::1]:8080"), ("192.0.2.1:80", "192.0.2.1:80")]
        {
            assert_eq!(reachable(listen.parse().unwrap()).to_string(), asked);
        }
    }

    #[test]
    fn checks_are_told_line_by_line() {
        let answer =
            json!({"checks": [{"name": "event_log", "ok": true}, {"name": "x", "ok": false, "detail": "down"}]});
        assert_eq!(told(&answer), "ok      event_log\nnot ok  x: down");
        assert_eq!(told(&Value::Null), "no answer that can be read");
    }
}
