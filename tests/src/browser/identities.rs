//! A provider of identities as far as a browser meets it, and a server that sends people there. What the provider proves
//! when they come back is tested elsewhere.

use http::Method;
use ringbuch_api::app::App;
use ringbuch_api::http::{Front, Routes};
use ringbuch_api::mcp::Reach;
use ringbuch_api::metrics::Metrics;
use ringbuch_api::oidc::{Oidc, OidcSettings};
use ringbuch_api::serve::{ServeOptions, routes};
use ringbuch_api::server::Server;
use serde_json::json;
use std::sync::Arc;
use std::time::Duration;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use warp::Filter;

pub struct Provider {
    pub issuer: String,
    _shutdown: DropGuard,
}

impl Provider {
    pub async fn start() -> Self {
        let (listener, issuer) = listener().await;
        let at = |path: &str| format!("{issuer}{path}");
        let description = json!({
            "issuer": issuer,
            "authorization_endpoint": at("/authorize"),
            "token_endpoint": at("/token"),
            "jwks_uri": at("/jwks"),
            "response_types_supported": ["code"],
            "subject_types_supported": ["public"],
            "id_token_signing_alg_values_supported": ["ES256"],
        });
        let described = warp::any().map(move || warp::reply::json(&description));
        let keys = warp::any().map(|| warp::reply::json(&json!({ "keys": [] })));
        let page = warp::any().map(|| warp::reply::html("Who are you?"));
        let routes = Routes::new()
            .add(Method::GET, "/.well-known/openid-configuration", described)
            .add(Method::GET, "/jwks", keys)
            .add(Method::GET, "/authorize", page);
        Self { issuer, _shutdown: run(listener, routes) }
    }
}

/// Pages of an installation whose operator has set the provider up.
pub struct WithProvider {
    pub url: String,
    _shutdown: DropGuard,
}

impl WithProvider {
    pub async fn serve(app: &App, provider: &Provider) -> Self {
        let settings = OidcSettings {
            issuer: provider.issuer.clone(),
            client_id: "ringbuch".into(),
            client_secret: "nobody-but-the-provider".into(),
            name: "Morgenrot ID".into(),
            new_users: None,
        };
        let oidc = Oidc::new(app, settings, Reach::default()).unwrap();
        let options = ServeOptions { oidc: Some(Arc::new(oidc)), ..ServeOptions::plain(Duration::ZERO) };
        let (listener, url) = listener().await;
        Self { url, _shutdown: run(listener, routes(app, &options, &CancellationToken::new())) }
    }
}

async fn listener() -> (TcpListener, String) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    (listener, url)
}

fn run(listener: TcpListener, routes: Routes) -> DropGuard {
    let (front, stop) = (Front::new(routes, Metrics::new().unwrap()), CancellationToken::new());
    tokio::spawn(Server::default().run(listener, front, stop.clone(), Duration::ZERO));
    stop.drop_guard()
}
