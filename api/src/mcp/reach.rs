//! Under which names clients reach this server. A request for another name may come from a page that has been led here by
//! a false address, so it is refused; this machine's own names are always among them.

use http::uri::{Authority, Scheme};
use http::{HeaderMap, Uri, header};

/// One address such as `https://ringbuch.example.com`, without a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl {
    scheme: Scheme,
    authority: Authority,
}

impl PublicUrl {
    /// Reads an address; the error completes a sentence.
    pub fn parse(text: &str) -> Result<Self, String> {
        let uri: Uri = text.parse().map_err(|error| format!("'{text}' is no address: {error}"))?;
        let parts = uri.into_parts();
        let (Some(scheme), Some(authority)) = (parts.scheme, parts.authority) else {
            return Err(format!("'{text}' names no scheme and host"));
        };
        let bare = parts.path_and_query.is_none_or(|path| path == "/");
        let web = scheme == Scheme::HTTP || scheme == Scheme::HTTPS;
        if !bare || !web || authority.as_str().contains('@') {
            return Err(format!("'{text}' is more than http or https, a host and a port"));
        }
        Ok(Self { scheme, authority })
    }

    /// `https://ringbuch.example.com`, with the port where one was named.
    pub fn origin(&self) -> String {
        format!("{}://{}", self.scheme, self.authority)
    }

    /// The same with the port in any case, since only that is compared exactly.
    fn exact_origin(&self) -> String {
        let usual = if self.scheme == Scheme::HTTPS { 443 } else { 80 };
        let port = self.authority.port_u16().unwrap_or(usual);
        format!("{}://{}:{port}", self.scheme, self.authority.host())
    }
}

/// Every name.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach(pub Vec<PublicUrl>);

const LOOPBACK: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

impl Reach {
    pub fn hosts(&self) -> Vec<String> {
        let own = LOOPBACK.map(str::to_owned).into_iter();
        own.chain(self.0.iter().map(|url| url.authority.to_string())).collect()
    }

    pub fn origins(&self) -> Vec<String> {
        let own = LOOPBACK.iter().flat_map(|host| ["http", "https"].map(|scheme| format!("{scheme}://{host}:*")));
        own.chain(self.0.iter().map(PublicUrl::exact_origin)).collect()
    }

    /// The address that a client has used, as far as it is one of ours; otherwise the first one.
    pub fn base(&self, headers: &HeaderMap) -> String {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        let host = host.and_then(|host| host.parse::<Authority>().ok());
        let used = self.0.iter().find(|url| host.as_ref() == Some(&url.authority));
        let local = host.filter(|host| LOOPBACK.contains(&host.host())).map(|host| format!("http://{host}"));
        used.map(PublicUrl::origin)
            .or(local)
            .or_else(|| self.0.first().map(PublicUrl::origin))
            .unwrap_or_else(|| "http://localhost".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reach(urls: &[&str]) -> Reach {
        Reach(urls.iter().map(|url| PublicUrl::parse(url).unwrap()).collect())
    }

    #[test]
    fn an_address_is_a_scheme_and_a_host() {
        for good in ["https://ringbuch.example.com", "https://ringbuch.example.com/", "http://10.0.0.7:8080"] {
            assert!(PublicUrl::parse(good).is_ok(), "{good}");
        }
        for bad in ["ringbuch.example.com", "https://", "ftp://x.example.com", "https://a@b.example.com", "https://x/y"]
        {
            assert!(PublicUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_base_is_never_what_a_stranger_writes_into_a_header() {
        let of = |reach: &Reach, host: &'static str| {
            let mut headers = HeaderMap::new();
            headers.insert(header::HOST, host.parse().unwrap());
            reach.base(&headers)
        };
        let public = reach(&["https://ringbuch.example.com", "http://inside:8080"]);
        assert_eq!(of(&public, "ringbuch.example.com"), "https://ringbuch.example.com");
        assert_eq!(of(&public, "inside:8080"), "http://inside:8080");
        assert_eq!(of(&public, "evil.example.org"), "https://ringbuch.example.com");
        assert_eq!(of(&public, "127.0.0.1:8080"), "http://127.0.0.1:8080");
        assert_eq!(of(&Reach::default(), "evil.example.org"), "http://localhost");
    }

    #[test]
    fn origins_name_their_port() {
        let origins = reach(&["https://ringbuch.example.com"]).origins();
        assert!(origins.contains(&"https://ringbuch.example.com:443".to_owned()), "{origins:?}");
        assert!(origins.contains(&"http://localhost:*".to_owned()));
    }
}
