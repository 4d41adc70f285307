//! Which addresses may be spoken to: public ones, and this machine's own where that is allowed. Anything else would let
//! whoever sets an address reach into the network behind us, or read a cloud's metadata.

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use thiserror::Error;

/// Whether addresses of this machine are allowed besides public ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loopback {
    Refused,
    Allowed,
}

/// Why nothing is sent there.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressRefused {
    #[error("the address is not a URL such as https://api.example.com")]
    NotAUrl,
    #[error("the address must begin with https://")]
    NotHttps,
    #[error("the address must not hold a user name or a password")]
    Credentials,
    #[error("the address is private, of this machine, or reserved; only public ones are allowed")]
    NotPublic,
}

/// Takes a URL apart and refuses what can be told from its text; a name is checked when it is resolved.
pub(super) fn check_url(text: &str, loopback: Loopback) -> Result<Url, AddressRefused> {
    let url = Url::parse(text).map_err(|_| AddressRefused::NotAUrl)?;
    let host = url.host_str().ok_or(AddressRefused::NotAUrl)?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(AddressRefused::Credentials);
    }
    let literal = host.trim_matches(['[', ']']).parse::<IpAddr>().ok();
    match url.scheme() {
        "https" => {}
        "http" if loopback == Loopback::Allowed && is_this_machine(host, literal) => {}
        _ => return Err(AddressRefused::NotHttps),
    }
    match literal {
        Some(address) if !may_reach(address, loopback) => Err(AddressRefused::NotPublic),
        _ => Ok(url),
    }
}

fn is_this_machine(host: &str, literal: Option<IpAddr>) -> bool {
    literal.map_or(host == "localhost", is_loopback)
}

pub(super) fn may_reach(address: IpAddr, loopback: Loopback) -> bool {
    if is_loopback(address) {
        return loopback == Loopback::Allowed;
    }
    match address {
        IpAddr::V4(address) => is_public_v4(address),
        IpAddr::V6(address) => is_public_v6(address),
    }
}

fn is_loopback(address: IpAddr) -> bool {
    address.to_canonical().is_loopback()
}

/// Everything but the blocks of the IANA registry of special addresses (RFC 6890 and its successors).
fn is_public_v4(address: Ipv4Addr) -> bool {
    let [a, b, c, _] = address.octets();
    let special = matches!(
        (a, b, c),
        (0 | 10 | 127 | 224..=255, _, _)
            | (100, 64..=127, _)
            | (169, 254, _)
            | (172, 16..=31, _)
            | (192, 0, 0 | 2)
            | (192, 88, 99)
            | (192, 168, _)
            | (198, 18 | 19, _)
            | (198, 51, 100)
            | (203, 0, 113)
    );
    !special
}

/// Only global unicast, less its special blocks and less every form that carries an IPv4 address inside.
fn is_public_v6(address: Ipv6Addr) -> bool {
    if let Some(inner) = address.to_ipv4_mapped() {
        return is_public_v4(inner);
    }
    match address.segments() {
        // A network without IPv4 reaches it through this prefix (RFC 6052), so what counts is the address inside.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] => is_public_v4(v4_of(high, low)),
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x2002, ..] | [0x3fff, 0..=0xfff, ..] => false,
        [first, ..] => (0x2000..=0x3fff).contains(&first),
    }
}

fn v4_of(high: u16, low: u16) -> Ipv4Addr {
    let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
    Ipv4Addr::new(a, b, c, d)
}

/// Resolves names and hands on only the addresses that may be reached, so that the one that is checked is the one that
/// is connected to.
#[derive(Debug)]
pub(super) struct CheckedNames(pub(super) Loopback);

impl Resolve for CheckedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let loopback = self.0;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> = found.filter(|address| may_reach(address.ip(), loopback)).collect();
            if allowed.is_empty() {
                return Err(AddressRefused::NotPublic.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PUBLIC: &[&str] = &[
        "1.1.1.1",
        "8.8.8.8",
        "100.63.255.255",
        "100.128.0.0",
        "172.15.255.255",
        "172.32.0.0",
        "192.0.1.1",
        "198.20.0.1",
        "223.255.255.255",
        "2606:4700::1111",
        "2a00:1450::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
    ];
    const LOOPBACK: &[&str] = &["127.0.0.1", "127.255.255.255", "::1", "::ffff:127.0.0.1"];
    const SPECIAL: &[&str] = &[
        "0.0.0.0",
        "0.1.2.3",
        "10.0.0.1",
        "100.64.0.1",
        "100.127.255.255",
        "100.100.100.200",
        "169.254.169.254",
        "169.254.0.1",
        "172.16.0.1",
        "172.31.255.255",
        "192.0.0.192",
        "192.0.2.1",
        "192.88.99.1",
        "192.168.1.1",
        "198.18.0.1",
        "198.19.255.255",
        "198.51.100.1",
        "203.0.113.1",
        "224.0.0.1",
        "239.255.255.255",
        "240.0.0.1",
        "255.255.255.255",
        "::",
        "::ffff:10.0.0.1",
        "::ffff:169.254.169.254",
        "::ffff:0.0.0.0",
        "::10.0.0.1",
        "::8.8.8.8",
        "64:ff9b::10.0.0.1",
        "64:ff9b::127.0.0.1",
        "64:ff9b:1::1",
        "100::1",
        "2001::1",
        "2001:db8::1",
        "2002:a00:1::1",
        "3fff::1",
        "fc00::1",
        "fd00:ec2::254",
        "fe80::1",
        "fec0::1",
        "ff02::1",
    ];

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn only_public_addresses_are_reached_and_loopback_where_allowed() {
        for text in PUBLIC {
            assert!(may_reach(address(text), Loopback::Refused), "{text}");
            assert!(may_reach(address(text), Loopback::Allowed), "{text}");
        }
        for text in LOOPBACK {
            assert!(!may_reach(address(text), Loopback::Refused), "{text}");
            assert!(may_reach(address(text), Loopback::Allowed), "{text}");
        }
        for text in SPECIAL {
            assert!(!may_reach(address(text), Loopback::Refused), "{text}");
            assert!(!may_reach(address(text), Loopback::Allowed), "{text}");
        }
    }

    #[test]
    fn what_a_url_says_is_checked_before_anything_is_sent() {
        use AddressRefused::{Credentials, NotAUrl, NotHttps, NotPublic};
        use Loopback::{Allowed, Refused};
        for (text, loopback, outcome) in [
            ("https://api.cal.com/v2", Refused, Ok(())),
            ("https://8.8.8.8", Refused, Ok(())),
            ("", Refused, Err(NotAUrl)),
            ("api.cal.com", Refused, Err(NotAUrl)),
            ("mailto:max@example.com", Refused, Err(NotAUrl)),
            ("http://api.cal.com", Refused, Err(NotHttps)),
            ("http://api.cal.com", Allowed, Err(NotHttps)),
            ("ftp://api.cal.com", Allowed, Err(NotHttps)),
            ("http://127.0.0.1:8080", Refused, Err(NotHttps)),
            ("http://127.0.0.1:8080", Allowed, Ok(())),
            ("http://localhost:8080", Allowed, Ok(())),
            ("http://[::1]:8080", Allowed, Ok(())),
            ("https://127.0.0.1", Refused, Err(NotPublic)),
            // Other ways to write 127.0.0.1.
            ("https://2130706433", Refused, Err(NotPublic)),
            ("https://0x7f.1", Refused, Err(NotPublic)),
            ("https://[::ffff:7f00:1]", Refused, Err(NotPublic)),
            ("https://169.254.169.254/latest", Allowed, Err(NotPublic)),
            ("https://[fe80::1]", Allowed, Err(NotPublic)),
            ("https://max:secret@api.cal.com", Refused, Err(Credentials)),
            ("https://max@api.cal.com", Refused, Err(Credentials)),
        ] {
            assert_eq!(check_url(text, loopback).map(|_| ()), outcome, "{text} {loopback:?}");
        }
    }
}
