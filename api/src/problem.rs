//! What a client is told when something did not work: RFC 9457 documents. The `type` of each kind is the stable relative
//! address `/problems/<slug>`, which every installation serves as its own explanation; an internal text never gets here.

use http::{HeaderName, HeaderValue, StatusCode, header};
use serde::Serialize;
use serde_json::{Map, Value};
use warp::reply::{Reply, Response};

macro_rules! kinds {
    ($( $kind:ident $slug:literal $status:ident $title:literal: $meaning:literal; )+) => {
        /// The kinds of problem. A slug is stable for ever; titles and meanings may be worded better.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $( #[doc = $meaning] $kind ),+ }

        impl Kind {
            pub const ALL: &'static [Self] = &[$( Self::$kind ),+];

            pub fn slug(self) -> &'static str {
                match self { $( Self::$kind => $slug ),+ }
            }
            pub fn status(self) -> StatusCode {
                match self { $( Self::$kind => StatusCode::$status ),+ }
            }
            pub fn title(self) -> &'static str {
                match self { $( Self::$kind => $title ),+ }
            }
            /// What it means and what to do about it.
            pub fn meaning(self) -> &'static str {
                match self { $( Self::$kind => $meaning ),+ }
            }
        }
    };
}

kinds! {
    NotFound "not-found" NOT_FOUND "Not found":
        "Nothing has this address, or nothing that your key may see.";
    MethodNotAllowed "method-not-allowed" METHOD_NOT_ALLOWED "Method not allowed":
        "The address exists, but not for this method. The header Allow lists the methods that it answers.";
    QueryUnusable "query-unusable" BAD_REQUEST "Query not usable":
        "A query parameter has a value or a name that is not allowed here. The detail names it and says what is allowed.";
    BodyUnusable "body-unusable" BAD_REQUEST "Body not usable":
        "The body cannot be read as what this address expects. The detail says where and why.";
    RequestUnusable "request-unusable" BAD_REQUEST "Request not usable":
        "A header is missing or cannot be read. The detail names it.";
    SignInNeeded "sign-in-needed" UNAUTHORIZED "Sign-in needed":
        "Send a valid key as `Authorization: Bearer rb_…`. A key that expired or was revoked is not valid any more.";
    SignatureNotProven "signature-not-proven" UNAUTHORIZED "Signature not proven":
        "The request is not signed with the key of the account that it is for, or its time is not within five minutes of \
         ours. Check the key that is stored for the account, the clock, and that nothing on the way changes the body.";
    NotAllowed "not-allowed" FORBIDDEN "Not allowed":
        "The key is valid, but its role, its scopes or its company do not allow this.";
    Rejected "rejected" CONFLICT "Rejected":
        "The request was understood and a rule of the business says no. The member `rule` names the rule.";
    ValueUnusable "value-unusable" UNPROCESSABLE_ENTITY "Value not usable":
        "The body was read, but names something that does not exist or cannot be used. The member `rule` is a stable word \
         for what is wrong, the detail says which value it is.";
    Conflict "conflict" CONFLICT "Conflict":
        "Somebody else changed the same thing at the same moment. Read it again and repeat.";
    BodyTooLarge "body-too-large" PAYLOAD_TOO_LARGE "Body too large":
        "A request body may have 4 MiB at most.";
    BodyTooSlow "body-too-slow" REQUEST_TIMEOUT "Body too slow":
        "The body did not arrive in time. Send it again.";
    MediaTypeUnsupported "media-type-unsupported" UNSUPPORTED_MEDIA_TYPE "Media type not supported":
        "Send the body as `Content-Type: application/json`.";
    RateLimited "rate-limited" TOO_MANY_REQUESTS "Too many requests":
        "Wait for as long as the header Retry-After says.";
    ChangedMeanwhile "changed-meanwhile" CONFLICT "Changed meanwhile":
        "It was changed at the provider since you read it, and nothing was sent. The member `there` shows what stands there \
         now; decide again with that before your eyes.";
    ProviderFailed "provider-failed" BAD_GATEWAY "Provider failed":
        "Cal.com or Retell did not do what was asked. The detail says what is known; asking again may help.";
    Internal "internal" INTERNAL_SERVER_ERROR "Something broke on our side":
        "The operator finds the cause in the log under the id that the header X-Request-Id of the answer carries.";
    Unavailable "unavailable" SERVICE_UNAVAILABLE "Not available right now":
        "Something that this needs does not answer. Send the same again after the time in the header Retry-After.";
    NotReady "not-ready" SERVICE_UNAVAILABLE "Not ready":
        "The node should get no traffic at the moment. The member `checks` names what it waits for.";
}

/// One problem document, with the headers that belong to it.
#[derive(Debug, Clone, PartialEq)]
pub struct Problem {
    pub kind: Kind,
    pub detail: Option<String>,
    members: Map<String, Value>,
    headers: Vec<(HeaderName, HeaderValue)>,
}

impl Problem {
    pub fn new(kind: Kind) -> Self {
        Self { kind, detail: None, members: Map::new(), headers: vec![] }
    }

    /// What was wrong this time, in a sentence that holds no secret, no personal data and nothing of our inside.
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// A further member of the document.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.members.insert(name.to_owned(), value.into());
        self
    }

    /// A header that goes with the document. One that cannot be sent is left out.
    /// One of the members beside the standard ones.
    pub fn member(&self, name: &str) -> Option<&Value> {
        self.members.get(name)
    }

    pub fn header(mut self, name: HeaderName, value: &str) -> Self {
        self.headers.extend(HeaderValue::from_str(value).ok().map(|value| (name, value)));
        self
    }

    /// Nothing of that sort is known: `Problem::not_found("call")`.
    pub fn not_found(what: &str) -> Self {
        Self::new(Kind::NotFound).detail(format!("There is no such {what}."))
    }
    /// A rule of the business said no; the code is the rejection's own.
    pub fn rejected(code: &str, sentence: impl Into<String>) -> Self {
        Self::new(Kind::Rejected).detail(sentence).with("rule", code)
    }
    /// A value of the body cannot be used; the code is a stable word.
    pub fn unusable(code: &str, sentence: impl Into<String>) -> Self {
        Self::new(Kind::ValueUnusable).detail(sentence).with("rule", code)
    }
    pub fn query(detail: impl Into<String>) -> Self {
        Self::new(Kind::QueryUnusable).detail(detail)
    }
    pub fn body(detail: impl Into<String>) -> Self {
        Self::new(Kind::BodyUnusable).detail(detail)
    }
    pub fn not_allowed(detail: impl Into<String>) -> Self {
        Self::new(Kind::NotAllowed).detail(detail)
    }
    pub fn unavailable(retry_after_seconds: u32) -> Self {
        Self::new(Kind::Unavailable).header(header::RETRY_AFTER, &retry_after_seconds.to_string())
    }
    /// What went wrong belongs into the log, not into the answer.
    pub fn internal() -> Self {
        Self::new(Kind::Internal)
    }
}

#[derive(Serialize)]
struct Document<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(flatten)]
    members: &'a Map<String, Value>,
}

impl Serialize for Problem {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Document {
            r#type: format!("/problems/{}", self.kind.slug()),
            title: self.kind.title(),
            status: self.kind.status().as_u16(),
            detail: self.detail.as_deref(),
            members: &self.members,
        }
        .serialize(serializer)
    }
}

impl Reply for Problem {
    fn into_response(self) -> Response {
        let mut response = Response::new(serde_json::to_vec(&self).unwrap_or_default().into());
        *response.status_mut() = self.kind.status();
        let json = HeaderValue::from_static("application/problem+json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        response.headers_mut().extend(self.headers);
        response
    }
}

impl warp::reject::Reject for Problem {}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_document_has_its_stable_type_and_further_members() {
        let problem = Problem::rejected("slot_taken", "That time is already taken.");
        assert_eq!(
            serde_json::to_value(&problem).unwrap(),
            json!({"type": "/problems/rejected", "title": "Rejected", "status": 409,
                   "detail": "That time is already taken.", "rule": "slot_taken"})
        );
    }

    #[test]
    fn the_headers_of_a_problem_are_sent() {
        let response = Problem::unavailable(7).into_response();
        assert_eq!(response.status(), 503);
        assert_eq!(response.headers()["retry-after"], "7");
        assert_eq!(response.headers()["content-type"], "application/problem+json");
    }

    #[test]
    fn slugs_are_unique() {
        let mut slugs: Vec<_> = Kind::ALL.iter().map(|kind| kind.slug()).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), Kind::ALL.len());
    }
}
