//! Where a request comes from, as far as that can be known: the other end of the connection or, where that is a proxy
//! nearby, whom the proxy names. A proxy that names nobody is taken for whoever asks.

use super::Peer;
use http::HeaderMap;
use std::net::IpAddr;

const FORWARDED_FOR: &str = "x-forwarded-for";

/// Only the last name of the header is believed, which the proxy itself has written; and only of a peer on this machine or
/// in a private network, since a stranger could write anything.
pub fn origin(peer: Peer, headers: &HeaderMap) -> IpAddr {
    let peer = peer.0.ip().to_canonical();
    if is_near(peer) { named(headers).unwrap_or(peer) } else { peer }
}

fn named(headers: &HeaderMap) -> Option<IpAddr> {
    let last = headers.get_all(FORWARDED_FOR).iter().next_back()?.to_str().ok()?;
    last.rsplit(',').next()?.trim().parse().ok().map(|ip: IpAddr| ip.to_canonical())
}

fn is_near(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_loopback() || ip.is_private(),
        IpAddr::V6(ip) => ip.is_loopback() || ip.is_unique_local(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn from(peer: &str, forwarded: &[&'static str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append(FORWARDED_FOR, HeaderValue::from_static(value));
        }
        origin(Peer(peer.parse().unwrap()), &headers).to_string()
    }

    #[test]
    fn a_proxy_nearby_is_believed_in_its_last_word_and_a_stranger_is_not() {
        for (peer, forwarded, expected) in [
            ("192.0.2.7:1", vec![], "192.0.2.7"),
            ("192.0.2.7:1", vec!["198.51.100.1"], "192.0.2.7"),
            ("127.0.0.1:1", vec!["198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1:1", vec!["203.0.113.9, 198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1:1", vec!["203.0.113.9", "198.51.100.1"], "198.51.100.1"),
            ("[fd00::1]:1", vec!["2001:db8::1"], "2001:db8::1"),
            ("[::ffff:10.0.0.1]:1", vec!["nonsense"], "10.0.0.1"),
            ("127.0.0.1:1", vec![], "127.0.0.1"),
        ] {
            assert_eq!(from(peer, &forwarded), expected, "{peer} {forwarded:?}");
        }
    }
}
