//! The dashboard in a real Chromium. Each page is one test: it is looked at in every look (German and English, desktop and
//! phone, light and dark), held against axe-core, and its main act is done. `tests/run browser` brings what this needs.
//!
//! To add a page, add a function to `pages` and its line to the list below. It gets a `Stage`: an installation with calls
//! of a morning in it, and a browser in which its owner is signed in.

mod axe;
mod chromium;
mod identities;
mod looks;
mod pages;
mod pictures;
mod stage;

pub use stage::Stage;

/// Longer than any page takes in real time.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(5);

macro_rules! pages {
    ($($module:ident::$page:ident,)+) => {
        $(
            #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            #[ignore = "needs Chromium; tests/run browser"]
            async fn $page() {
                let test = async {
                    let stage = Stage::open().await;
                    pages::$module::$page(&stage).await;
                    stage.close().await;
                };
                tokio::time::timeout(PATIENCE, test).await.expect("the page's test ends");
            }
        )+
    };
}

pages! {
    entrance::whoever_is_invited_chooses_a_password_and_signs_in,
    entrance::what_is_not_there_is_said_on_a_page,
    entrance::an_owner_goes_from_one_company_to_another,
    entrance::who_has_a_provider_of_identities_is_offered_it,
    overview::overview,
    overview::what_happens_shows_without_loading_the_page_anew,
    webhooks::webhooks,
    calls::calls,
    calls::a_call_that_goes_on_shows_without_loading_the_page_anew,
    everywhere::every_page_is_found_by_links_and_nothing_keeps_anybody_out,
    everywhere::a_callback_is_done_by_keys_alone,
    history::history,
    appointments::appointments,
    customers::customers,
    sync::sync,
    sync::what_the_providers_never_told_is_found_and_made_up_for,
    branches::branches,
    callbacks::callbacks,
    keys::keys,
    staff::staff,
    services::services,
    alerts::alerts,
    logs::logs,
    users::users,
    help::help,
    agents::agents,
    agents::the_words_that_somebody_wrote_at_retell_meanwhile_are_kept,
    numbers::numbers,
}
