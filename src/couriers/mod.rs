//! Couriers carry what happened to those who asked to be told, and messages to owners' phones.
//!
//! What waits is in the outbox, written with the deed that it tells of. A courier takes what is due by a lease, carries it
//! outside any transaction, and writes down what came of it ([`crate::ops::outbox`] knows the rules). So nothing is lost when
//! a process is killed on the way: the lease runs out, and another courier, here or in another process, carries it again.
//! Each item on its way is a task of its own and a lane has few at once: a slow receiver holds up nobody else.

mod answer;
pub mod messenger;
mod webhook;

use std::future::Future;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};
use tokio::time::{Instant, sleep, timeout_at};

use crate::ops::outbox::{self, Attempt, Parcel, To};
use crate::ops::{self, Service, one_time_code};
use crate::outbound::Outbound;
use messenger::Messenger;

/// How often the outbox is looked at when nothing is on its way.
const LOOK: Duration = Duration::from_millis(500);

/// How often what is too old to keep is forgotten.
const FORGET: Duration = Duration::from_secs(3600);

/// The couriers of one process.
#[derive(Clone)]
pub struct Couriers {
    service: Service,
    outbound: Outbound,
    messenger: Messenger,
}

/// Couriers that are at work.
#[derive(Debug)]
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Couriers {
    /// Couriers of this service's outbox, who go this way out.
    pub const fn new(service: Service, outbound: Outbound) -> Self {
        Self { service, outbound, messenger: Messenger::Console { shows_codes: true } }
    }

    /// The same couriers, who hand messages to this messenger. They take messages only where the service sends any.
    #[must_use]
    pub fn with_messenger(self, messenger: Messenger) -> Self {
        Self { messenger, ..self }
    }

    /// Carries what is due until nothing is, and tells how much it was.
    ///
    /// # Errors
    /// As [`outbox::claim`].
    pub async fn drain(&self) -> ops::Result<usize> {
        let mut carried = 0;
        loop {
            let parcels = self.take().await?;
            if parcels.is_empty() {
                return Ok(carried);
            }
            carried += parcels.len();
            let under_way: JoinSet<()> = parcels.into_iter().map(|parcel| self.clone().carry(parcel)).collect();
            under_way.join_all().await;
        }
    }

    /// Forgets what is too old to keep; tells how much it was.
    ///
    /// # Errors
    /// As [`outbox::forget`].
    pub async fn forget(&self) -> ops::Result<usize> {
        let service = self.service.clone();
        blocking(move || Ok(outbox::forget(&service)? + one_time_code::forget(&service)?)).await
    }

    async fn take(&self) -> ops::Result<Vec<Parcel>> {
        let service = self.service.clone();
        blocking(move || outbox::claim(&service)).await
    }

    async fn carry(self, parcel: Parcel) {
        let attempt = self.attempt(&parcel).await;
        let (id, lane) = (parcel.item.id, parcel.item.lane.clone());
        let service = self.service;
        match blocking(move || outbox::settle(&service, &parcel, attempt)).await {
            Ok(state) => {
                let failure = attempt.failure.map(|failure| failure.as_str());
                tracing::info!(%id, lane, state = state.as_str(), status = attempt.status, failure, "carried");
            }
            Err(error) => tracing::error!(%id, lane, %error, "carried, and not written down: it will be carried again"),
        }
    }

    async fn attempt(&self, Parcel { to, item, .. }: &Parcel) -> Attempt {
        let now = self.service.clock.now();
        match to {
            To::Webhook(address) => webhook::carry(&self.outbound, address, item, now).await,
            To::Owner(letter) => self.messenger.carry(&self.outbound, &item.id.to_string(), letter, now).await,
        }
    }

    /// Goes to work.
    pub fn start(self) -> Running {
        let (stop, stopped) = watch::channel(false);
        Running { stop, task: tokio::spawn(self.work(stopped)) }
    }

    async fn work(self, mut stop: watch::Receiver<bool>) {
        let mut under_way = JoinSet::new();
        let mut forget_at = Instant::now();
        let mut ailing = false;
        loop {
            match self.take().await {
                Ok(parcels) => {
                    ailing = false;
                    for parcel in parcels {
                        under_way.spawn(self.clone().carry(parcel));
                    }
                }
                // Said once: an outage lasts longer than a look.
                Err(error) if !std::mem::replace(&mut ailing, true) => {
                    tracing::error!(%error, "the outbox cannot be looked at");
                }
                Err(_same) => {}
            }
            if Instant::now() >= forget_at {
                forget_at = Instant::now() + FORGET;
                if let Err(error) = self.forget().await {
                    tracing::error!(%error, "what is too old in the outbox cannot be forgotten");
                }
            }
            tokio::select! {
                _ = stop.changed() => break,
                Some(_) = under_way.join_next() => {}
                () = sleep(LOOK) => {}
            }
        }
        while under_way.join_next().await.is_some() {}
    }
}

impl Running {
    /// Takes nothing more, and waits for what is on its way until the deadline; what is not there by then is carried again
    /// by another process.
    pub async fn stop(self, deadline: Instant) {
        let _ = self.stop.send(true);
        let abort = self.task.abort_handle();
        if timeout_at(deadline, self.task).await.is_err() {
            abort.abort();
        }
    }
}

/// Runs what blocks on a thread that may block. A panic in it is a fault like another: the couriers go on.
fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> ops::Result<T> + Send + 'static,
) -> impl Future<Output = ops::Result<T>> {
    let task = tokio::task::spawn_blocking(work);
    async move {
        match task.await {
            Ok(done) => done,
            Err(failed) => Err(ops::Error::Internal(failed.to_string())),
        }
    }
}
