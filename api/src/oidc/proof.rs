//! What an ID token proves: that the provider, and nobody else, says who signed in, here and just now.

use super::provider::Client;
use jiff::Timestamp;
use openidconnect::core::{CoreIdToken, CoreIdTokenClaims, CoreIdTokenVerifier, CoreJwsSigningAlgorithm};
use openidconnect::{AccessToken, AccessTokenHash, ClaimsVerificationError, Nonce, SignatureVerificationError};
use std::fmt;
use std::time::SystemTime;

/// Why an answer of the provider's proves nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unproven {
    Answer,
    Audience,
    Code,
    Expired,
    Issuer,
    /// The key is not known; it may be a new one.
    Key,
    Nonce,
    Signature,
    /// The access token is not the one that belongs to the ID token, or its holder another.
    Subject,
}

impl Unproven {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Audience => "audience",
            Self::Code => "code",
            Self::Expired => "expired",
            Self::Issuer => "issuer",
            Self::Key => "key",
            Self::Nonce => "nonce",
            Self::Signature => "signature",
            Self::Subject => "subject",
        }
    }
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Only signatures that nobody but the provider can make: with the others the client's own secret would do, or nothing.
const SIGNATURES: [CoreJwsSigningAlgorithm; 9] = [
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha256,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha384,
    CoreJwsSigningAlgorithm::RsaSsaPkcs1V15Sha512,
    CoreJwsSigningAlgorithm::RsaSsaPssSha256,
    CoreJwsSigningAlgorithm::RsaSsaPssSha384,
    CoreJwsSigningAlgorithm::RsaSsaPssSha512,
    CoreJwsSigningAlgorithm::EcdsaP256Sha256,
    CoreJwsSigningAlgorithm::EcdsaP384Sha384,
    CoreJwsSigningAlgorithm::EdDsa,
];

/// The claims of a token that was made by this provider for this client and this sign-in, and has not expired.
pub fn proven<'t>(
    client: &Client,
    token: &'t CoreIdToken,
    nonce: &str,
    access: &AccessToken,
    now: Timestamp,
) -> Result<&'t CoreIdTokenClaims, Unproven> {
    let verifier = client.id_token_verifier().set_allowed_algs(SIGNATURES);
    let verifier = verifier.set_time_fn(move || SystemTime::from(now).into());
    let nonce = Nonce::new(nonce.to_owned());
    let claims = token.claims(&verifier, &nonce).map_err(|error| unproven(&error))?;
    belongs(token, claims, &verifier, access)?;
    Ok(claims)
}

fn unproven(error: &ClaimsVerificationError) -> Unproven {
    match error {
        ClaimsVerificationError::Expired(_) => Unproven::Expired,
        ClaimsVerificationError::InvalidAudience(_) => Unproven::Audience,
        ClaimsVerificationError::InvalidIssuer(_) => Unproven::Issuer,
        ClaimsVerificationError::InvalidNonce(_) => Unproven::Nonce,
        ClaimsVerificationError::SignatureVerification(SignatureVerificationError::NoMatchingKey) => Unproven::Key,
        ClaimsVerificationError::SignatureVerification(_) => Unproven::Signature,
        _ => Unproven::Answer,
    }
}

/// Where the ID token says which access token it came with, it is that one.
fn belongs(
    token: &CoreIdToken,
    claims: &CoreIdTokenClaims,
    verifier: &CoreIdTokenVerifier<'_>,
    access: &AccessToken,
) -> Result<(), Unproven> {
    let Some(named) = claims.access_token_hash() else { return Ok(()) };
    let algorithm = token.signing_alg().map_err(|_| Unproven::Signature)?;
    let key = token.signing_key(verifier).map_err(|_| Unproven::Key)?;
    let hash = AccessTokenHash::from_token(access, algorithm, key).map_err(|_| Unproven::Signature)?;
    (hash == *named).then_some(()).ok_or(Unproven::Subject)
}
