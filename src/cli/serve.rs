//! `pacemark serve`: the database, the application and the signals that end both.

use std::{io, net::SocketAddr};

use anyhow::{Context, Result};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use tokio::{
    net::{TcpListener, TcpSocket},
    signal::unix::{SignalKind, signal},
};
use tokio_util::sync::CancellationToken;

use super::demo;
use crate::{
    accountability,
    app::App,
    attainment::rollup,
    audit,
    auth::links,
    config::Config,
    kernel::clock::Clock,
    notices::outbox::{self, Postman},
    postgres::Database,
    process::packed,
    service,
    web::{
        accept::{self, Limits},
        live::{self, Live},
    },
};

/// Connections that wait to be accepted: as many as are served at a time. The system may have a lower limit.
const QUEUE: u32 = 4096;

/// Serves until Ctrl-C or SIGTERM, then finishes the requests under way and stops the private database.
pub(super) async fn serve(config: Config, demo: bool) -> Result<()> {
    let shutdown = on_signal()?;
    raise_file_limit();
    let listener = listen(config.listen).with_context(|| {
        format!("cannot listen on {}; choose another address with --listen", config.listen)
    })?;
    // Interrupted while starting: dropping the half-started database stops it.
    let Some(database) = shutdown.run_until_cancelled(Database::own(&config)).await else {
        return Ok(());
    };
    let database = database?;
    let served = application(&database, config, demo, listener, shutdown).await;
    tracing::info!("stopping");
    let closed = database.close().await;
    served.and(closed)
}

/// Like `TcpListener::bind`, but with a longer queue: the system drops connections that find it full, and a crowd that
/// comes back after a restart fills the usual one.
fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(QUEUE)
}

async fn application(
    database: &Database,
    config: Config,
    demo: bool,
    listener: TcpListener,
    shutdown: CancellationToken,
) -> Result<()> {
    if demo {
        demo::fill_or_remind(&config, &database.pool).await?;
    }
    let address = listener.local_addr()?;
    let (changes, live) = Live::channel();
    let app = App::new(database.pool.clone(), Clock::system(), config)
        .with_live(live.clone())
        .with_room(database.room());
    let postman = Postman::of(&app)?;
    let setup = links::issue_setup(&mut *app.read().await?, app.clock.now()).await?;
    if let Some(token) = setup {
        println!("Set up the company and the first administrator here, once, within 24 hours:");
        println!("  {}/setup/{token}", app.base_url());
    }
    println!("Pacemark is ready: http://{address}");
    let sealing = tokio::spawn(audit::keep_sealing(app.db.clone(), shutdown.clone()));
    let folding = tokio::spawn(rollup::keep_folding(app.db.clone(), changes, shutdown.clone()));
    let packing = tokio::spawn(packed::keep_packing(app.clone(), shutdown.clone()));
    let reminding = tokio::spawn(accountability::keep_reminding(app.clone(), shutdown.clone()));
    let serving = tokio::spawn(service::keep_counting(app.clone(), shutdown.clone()));
    let listening = tokio::spawn(live::keep_listening(app.db.clone(), live, shutdown.clone()));
    let mailing =
        postman.map(|postman| tokio::spawn(outbox::keep_mailing(app.clone(), postman, shutdown.clone())));
    accept::serve(listener, app.router(), Limits::default(), shutdown).await;
    sealing.await?;
    folding.await?;
    packing.await?;
    reminding.await?;
    listening.await?;
    serving.await?;
    if let Some(mailing) = mailing {
        mailing.await?;
    }
    Ok(())
}

/// A token that the first Ctrl-C or SIGTERM cancels. The second ends the process at once; the database still shuts
/// down cleanly, by the signal of its parent's death.
fn on_signal() -> Result<CancellationToken> {
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let shutdown = CancellationToken::new();
    let first = shutdown.clone();
    tokio::spawn(async move {
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        first.cancel();
        tokio::select! { _ = interrupt.recv() => {}, _ = terminate.recv() => {} }
        std::process::exit(130);
    });
    Ok(shutdown)
}

/// Each connection is an open file, and the usual soft limit of 1024 is below the connection cap.
fn raise_file_limit() {
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _kept = setrlimit(Resource::RLIMIT_NOFILE, most, most);
    }
}
