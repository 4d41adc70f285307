//! `/api/v1/audit/verify`: the log held against its own chain of hashes, a bounded stretch at a time. The client goes on
//! from where the last answer ended, so no node has to remember anything, and progress is what the answers say.

use super::request::{Entrance, Request};
use crate::http::Routes;
use crate::http::auth::Permission;
use crate::http::openapi::{InQuery, Of};
use crate::journal::JournalError;
use crate::problem::Problem;
use http::Method;
use ringbuch_adapters::chain::{Broken, Chain, Verifier};
use ringbuch_adapters::store::VerifyError;
use ringbuch_domain::recorded::EventHash;
use schemars::JsonSchema;
use serde::Serialize;
use warp::Filter;
use warp::reply::Json;

/// Events of one stretch unless the request says otherwise, and at most.
const USUALLY: usize = 2_000;
const AT_MOST: usize = 20_000;
const AT_ONCE: usize = 1_000;

/// Where to go on.
#[derive(JsonSchema)]
#[expect(dead_code, reason = "it is only described")]
struct Wanted {
    /// The position that was reached; the start where it is left out.
    after: Option<u64>,
    /// The hash that was told with it.
    #[schemars(extend("examples" = ["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]))]
    hash: Option<String>,
    /// Events that are checked; 2,000 unless said otherwise.
    #[schemars(range(min = 1, max = 20_000), extend("default" = 2_000))]
    limit: Option<u32>,
}

/// How far the log holds.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Proof {
    holds: bool,
    /// Events that were checked for this answer.
    events: u64,
    /// What was reached, and the hash there: what the next request goes on from.
    pub position: u64,
    pub hash: String,
    /// Where the log ends now.
    pub head: u64,
    /// Everything up to there was checked, if every stretch before was.
    pub done: bool,
    pub broken: Option<BrokenAt>,
}

#[derive(Serialize, JsonSchema)]
pub(crate) struct BrokenAt {
    pub position: u64,
    pub why: String,
}

type Stretch = InQuery<Wanted>;
type Told = Of<Proof>;

pub fn routes(door: &Entrance) -> Routes {
    let verify = door.admit(&Permission::AUDIT, &["after", "hash", "limit"]).then(verify);
    Routes::new().add(Method::GET, "/api/v1/audit/verify", verify)
}

/// Checks a stretch of the whole log's chain of hashes, from where the request says.
///
/// Ask without anything first, then with `after` and `hash` as the answer before told them, until `done`.
#[utoipa::path(
    get, path = "/api/v1/audit/verify", tag = "History", security(("bearer" = ["audit"])), params(Stretch),
    responses((status = 200, body = Told), (status = 422))
)]
pub(super) async fn verify(request: Request) -> Result<Json, Problem> {
    let store = &request.app.store;
    if store.chain == Chain::Streams {
        let detail =
            "This log keeps a chain for each stream, which is checked as a whole: run `ringbuch audit verify`.";
        return Err(Problem::unusable("chain_of_streams", detail));
    }
    let limit = limit(&request)?;
    Ok(warp::reply::json(&prove(&request, limit).await?))
}

/// Checks so many events of a log that is one chain, from where the parameters `after` and `hash` say.
pub(crate) async fn prove(request: &Request, limit: usize) -> Result<Proof, Problem> {
    let (store, mut verifier) = (&request.app.store, start(request)?);
    let (walk, mut broken, mut ends) = (store.walk(), None, false);
    while broken.is_none() && !ends && verifier.events() < limit as u64 {
        let wanted = AT_ONCE.min(limit - usize::try_from(verifier.events()).unwrap_or(limit));
        match walk.next(&mut verifier, wanted).await {
            Ok(more) => ends = !more,
            Err(VerifyError::Broken(found)) => broken = Some(BrokenAt::from(found)),
            Err(VerifyError::Unreadable(error)) => return Err(JournalError::from(error).into()),
        }
    }
    let head = store.log.head().await.map_err(JournalError::from)?;
    let (position, hash) = verifier.reached();
    Ok(Proof {
        holds: broken.is_none(),
        events: verifier.events(),
        position,
        hash: hash.to_string(),
        head,
        done: broken.is_none() && position >= head,
        broken,
    })
}

impl From<Broken> for BrokenAt {
    fn from(broken: Broken) -> Self {
        Self { position: broken.position(), why: broken.to_string() }
    }
}

fn start(request: &Request) -> Result<Verifier, Problem> {
    let (after, hash) = (request.query.get::<u64>("after")?.unwrap_or(0), request.query.text("hash"));
    match (after, hash.map(read)) {
        (0, None) => Ok(Verifier::default()),
        (1.., Some(Some(hash))) if i64::try_from(after).is_ok() => Ok(Verifier::behind(after, hash)),
        _ => Err(Problem::query(
            "The parameters 'after' and 'hash' belong together: the position and the hash, 64 hexadecimal digits, that \
             the answer before has told; leave both out at the start.",
        )),
    }
}

fn read(text: &str) -> Option<EventHash> {
    hex::decode(text).ok().and_then(|bytes| bytes.try_into().ok()).map(EventHash)
}

fn limit(request: &Request) -> Result<usize, Problem> {
    let limit = request.query.get::<usize>("limit")?.unwrap_or(USUALLY);
    let told = || Problem::query(format!("The parameter 'limit' takes a whole number from 1 to {AT_MOST}."));
    (1..=AT_MOST).contains(&limit).then_some(limit).ok_or_else(told)
}
