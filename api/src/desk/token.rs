//! Ids that the agent hands back. They hold what they stand for and a keyed hash over it, over the company and over the
//! call, so that nothing has to be kept and no other call's id is taken.

use super::line::Line;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::Timestamp;
use ringbuch_adapters::sealing::IndexKey;
use ringbuch_domain::desk::Offer;
use ringbuch_domain::ids::{BookingId, BranchId, CallId, CompanyId, EventTypeId, StaffId};
use uuid::Uuid;

/// Bytes of the hash; an agent has some minutes for its guesses.
const PROOF: usize = 8;
/// Bytes that tell a branch or a person from the others of its company.
const TAG: usize = 3;

/// Makes and reads the ids of one call.
pub struct Tokens<'a> {
    index: &'a IndexKey,
    company: &'a CompanyId,
    call: &'a CallId,
}

impl<'a> Tokens<'a> {
    pub fn new(index: &'a IndexKey, line: &'a Line, call: &'a CallId) -> Self {
        Self { index, company: &line.company, call }
    }

    pub fn of_offer(&self, offer: &Offer) -> String {
        let minute = u32::try_from(offer.start.as_second() / 60).unwrap_or_default();
        let staff = offer.staff.as_ref().map_or([0; TAG], |staff| self.staff_tag(staff));
        let event_type = offer.event_type.0.to_be_bytes();
        let significant = event_type.iter().skip_while(|byte| **byte == 0);
        let mut bytes = minute.to_be_bytes().to_vec();
        bytes.push(u8::try_from(offer.round).unwrap_or(u8::MAX));
        bytes.extend(self.branch_tag(&offer.branch));
        bytes.extend(staff);
        bytes.extend(significant);
        self.proven("offer", bytes)
    }

    /// The offer, if it was made to this call and what it is about still exists.
    pub fn offer(&self, line: &Line, token: &str) -> Option<Offer> {
        let bytes = self.opened("offer", token)?;
        let (minute, rest) = bytes.split_first_chunk::<4>()?;
        let (round, rest) = rest.split_first()?;
        let (branch, rest) = rest.split_first_chunk::<TAG>()?;
        let (staff, rest) = rest.split_first_chunk::<TAG>()?;
        let event_type = rest.iter().try_fold(0_i64, |all, byte| all.checked_mul(256)?.checked_add((*byte).into()))?;
        let set_up = line.set_up();
        let staff = match staff {
            [0, 0, 0] => None,
            tag => Some(set_up.staff.keys().find(|id| self.staff_tag(id) == *tag)?.clone()),
        };
        Some(Offer {
            branch: set_up.branches.keys().find(|id| self.branch_tag(id) == *branch)?.clone(),
            event_type: EventTypeId(event_type),
            staff,
            start: Timestamp::from_second(i64::from(u32::from_be_bytes(*minute)) * 60).ok()?,
            round: (*round).into(),
        })
    }

    pub fn of_appointment(&self, booking: BookingId) -> String {
        self.proven("appointment", booking.0.as_bytes().to_vec())
    }

    /// The appointment, if it was told to this call.
    pub fn appointment(&self, token: &str) -> Option<BookingId> {
        Uuid::from_slice(&self.opened("appointment", token)?).ok().map(BookingId)
    }

    fn proven(&self, kind: &str, mut bytes: Vec<u8>) -> String {
        let proof = self.proof(kind, &bytes);
        bytes.extend(proof);
        URL_SAFE_NO_PAD.encode(bytes)
    }

    fn opened(&self, kind: &str, token: &str) -> Option<Vec<u8>> {
        let mut bytes = URL_SAFE_NO_PAD.decode(token.trim().as_bytes()).ok()?;
        let proof = bytes.split_off(bytes.len().checked_sub(PROOF)?);
        (self.proof(kind, &bytes) == proof).then_some(bytes)
    }

    fn proof(&self, kind: &str, bytes: &[u8]) -> Vec<u8> {
        let value = format!("{} {}", self.call, hex::encode(bytes));
        self.hashed(kind, &value, PROOF)
    }

    fn branch_tag(&self, branch: &BranchId) -> [u8; TAG] {
        self.hashed("branch", branch.as_str(), TAG).try_into().unwrap_or_default()
    }

    fn staff_tag(&self, staff: &StaffId) -> [u8; TAG] {
        self.hashed("staff", staff.as_str(), TAG).try_into().unwrap_or_default()
    }

    fn hashed(&self, kind: &str, value: &str, bytes: usize) -> Vec<u8> {
        let hash = self.index.fingerprint(self.company, kind, value);
        let mut hash = hex::decode(hash).unwrap_or_default();
        hash.truncate(bytes);
        hash
    }
}
