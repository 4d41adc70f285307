//! A codec for development: the private part stands apart from the public one already, with its subject, but its bytes
//! are not sealed yet. The log's sealing takes this place behind the same port.

use async_trait::async_trait;
use ringbuch_domain::ports::{Codec, CodecError, SealContext};
use ringbuch_domain::recorded::{Sealed, Subject};

#[derive(Debug, Clone, Copy, Default)]
pub struct PlainCodec;

#[async_trait]
impl Codec for PlainCodec {
    async fn seal(&self, _: SealContext<'_>, subject: Subject, plain: Vec<u8>) -> Result<Sealed, CodecError> {
        Ok(Sealed { subject, bytes: plain })
    }

    async fn open(&self, _: SealContext<'_>, sealed: &Sealed) -> Result<Option<Vec<u8>>, CodecError> {
        Ok(Some(sealed.bytes.clone()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringbuch_domain::ids::CustomerId;
    use ringbuch_domain::recorded::StreamId;
    use uuid::Uuid;

    #[tokio::test]
    async fn a_private_part_comes_back_with_its_subject() {
        let stream = StreamId::from_stored("customer-1");
        let context = SealContext { company: None, stream: &stream, event: Uuid::nil(), kind: "CustomerRegistered" };
        let subject = Subject::Person(CustomerId(Uuid::nil()));
        let sealed = PlainCodec.seal(context, subject.clone(), b"Max".to_vec()).await.unwrap();
        assert_eq!(sealed.subject, subject);
        assert_eq!(PlainCodec.open(context, &sealed).await.unwrap(), Some(b"Max".to_vec()));
    }
}
