//! One attempt at one webhook, as Standard Webhooks 1.0.0 has it.

use super::answer;
use crate::domain::time::Instant;
use crate::ops::outbox::{Address, Attempt, Item};
use crate::outbound::Outbound;

/// Signs an item with every secret that is live, and carries it.
pub(super) async fn carry(outbound: &Outbound, to: &Address, item: &Item, now: Instant) -> Attempt {
    let (id, timestamp) = (item.id.to_string(), now.seconds());
    let signatures: Vec<String> = to.secrets.iter().map(|secret| secret.sign(&id, timestamp, &item.payload)).collect();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", &id),
        ("webhook-timestamp", &timestamp.to_string()),
        ("webhook-signature", &signatures.join(" ")),
    ];
    answer::read(outbound.post(&to.url, &headers, item.payload.clone()).await, now)
}
