//! The provider: what it says about itself and with which keys it signs, asked for once an hour, and the way to it. Its
//! address comes from the settings of the process alone, so it may stand in a private network.

use super::{OidcError, OidcSettings, Unproven};
use jiff::{SignedDuration, Timestamp};
use openidconnect::core::{CoreClient, CoreClientAuthMethod, CoreProviderMetadata};
use openidconnect::{
    AsyncHttpClient, AuthType, ClientId, ClientSecret, DiscoveryError, EndpointMaybeSet, EndpointNotSet, EndpointSet,
    HttpRequest, HttpResponse, IssuerUrl,
};
use ringbuch_adapters::outbound::{SendFault, ToOperator};
use secrecy::ExposeSecret;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;
use thiserror::Error;
use tokio::sync::Mutex;

/// What is known is asked for anew after that long.
const KEPT: SignedDuration = SignedDuration::from_hours(1);
/// A key that is not known is looked for anew, but not more often than this.
const AGAIN: SignedDuration = SignedDuration::from_mins(1);
/// For one request; somebody waits at their browser.
const TIMEOUT: Duration = Duration::from_secs(5);

/// The library's client, once it knows where to send a browser.
pub type Client =
    CoreClient<EndpointSet, EndpointNotSet, EndpointNotSet, EndpointNotSet, EndpointMaybeSet, EndpointMaybeSet>;

pub struct Provider {
    pub way: Way,
    /// Held while it is asked, so that many who sign in at once ask once.
    known: Mutex<Option<Known>>,
}

#[derive(Clone)]
struct Known {
    metadata: Arc<CoreProviderMetadata>,
    at: Timestamp,
}

impl Provider {
    pub fn new(settings: &OidcSettings) -> Result<Self, OidcError> {
        let way = Way { to: ToOperator::new()?, plain: settings.issuer.starts_with("http://") };
        Ok(Self { way, known: Mutex::default() })
    }

    /// A client that knows the provider, as it described itself an hour ago at most.
    pub async fn client(&self, settings: &OidcSettings, now: Timestamp) -> Result<Client, OidcError> {
        let metadata = self.metadata(settings, now, KEPT).await?;
        Ok(client_of(settings, &metadata))
    }

    /// The same where a key was not known: they are replaced from time to time.
    pub async fn client_with_new_keys(&self, settings: &OidcSettings, now: Timestamp) -> Result<Client, OidcError> {
        let metadata = self.metadata(settings, now, AGAIN).await?;
        Ok(client_of(settings, &metadata))
    }

    async fn metadata(
        &self,
        settings: &OidcSettings,
        now: Timestamp,
        kept: SignedDuration,
    ) -> Result<Arc<CoreProviderMetadata>, OidcError> {
        let mut known = self.known.lock().await;
        if let Some(fresh) = known.as_ref().filter(|it| now.duration_since(it.at) < kept) {
            return Ok(Arc::clone(&fresh.metadata));
        }
        let metadata = Arc::new(self.discovered(settings).await?);
        *known = Some(Known { metadata: Arc::clone(&metadata), at: now });
        Ok(metadata)
    }

    async fn discovered(&self, settings: &OidcSettings) -> Result<CoreProviderMetadata, OidcError> {
        let issuer = IssuerUrl::new(settings.issuer.clone()).map_err(|error| OidcError::Machine(error.to_string()))?;
        let metadata = CoreProviderMetadata::discover_async(issuer, &self.way).await.map_err(undiscovered)?;
        if !self.way.allows(metadata.authorization_endpoint().as_str()) {
            return Err(OidcError::Away("it would have people sign in without encryption".into()));
        }
        Ok(metadata)
    }
}

/// Without what it answered, which may be anything.
fn undiscovered(error: DiscoveryError<NotSent>) -> OidcError {
    match error {
        DiscoveryError::Request(error) => OidcError::Away(error.to_string()),
        DiscoveryError::Validation(_) => OidcError::Unproven(Unproven::Issuer),
        DiscoveryError::Response(status, ..) => OidcError::Away(format!("its description answers {status}")),
        _ => OidcError::Away("its description cannot be read".into()),
    }
}

fn client_of(settings: &OidcSettings, metadata: &CoreProviderMetadata) -> Client {
    let secret = ClientSecret::new(settings.client_secret.expose_secret().to_owned());
    let id = ClientId::new(settings.client_id.clone());
    let client = CoreClient::from_provider_metadata(metadata.clone(), id, Some(secret));
    client.set_auth_type(auth_type(metadata))
}

/// As a header unless the provider takes it in the body alone.
fn auth_type(metadata: &CoreProviderMetadata) -> AuthType {
    let Some(known) = metadata.token_endpoint_auth_methods_supported() else { return AuthType::BasicAuth };
    let in_body = known.contains(&CoreClientAuthMethod::ClientSecretPost);
    if in_body && !known.contains(&CoreClientAuthMethod::ClientSecretBasic) {
        AuthType::RequestBody
    } else {
        AuthType::BasicAuth
    }
}

/// Requests to the provider, wherever it says that they should go, and encrypted unless its own address is not.
pub struct Way {
    to: ToOperator,
    plain: bool,
}

#[derive(Debug, Error)]
pub enum NotSent {
    #[error("it names an address without encryption")]
    Plain,
    #[error(transparent)]
    Fault(#[from] SendFault),
}

impl Way {
    fn allows(&self, address: &str) -> bool {
        address.starts_with("https://") || (self.plain && address.starts_with("http://"))
    }
}

impl<'c> AsyncHttpClient<'c> for Way {
    type Error = NotSent;
    type Future = Pin<Box<dyn Future<Output = Result<HttpResponse, NotSent>> + Send + 'c>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(async move {
            if !self.allows(&request.uri().to_string()) {
                return Err(NotSent::Plain);
            }
            let answer = self.to.send(request.map(Into::into), TIMEOUT).await?;
            Ok(answer.map(Into::into))
        })
    }
}
