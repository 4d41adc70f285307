//! Stories over HTTP, each on both engines: somebody calls, and what should be at the end is there. Each has its own
//! database, stand-ins and clock, so that all of them run at once. The main path is also told with the log in a KurrentDB.

mod alerting;
mod around;
mod by_hand;
mod calling;
mod comparing;
pub(crate) mod crash;
mod desk;
mod desk_answers;
mod desk_days;
mod desk_rounds;
mod desk_theirs;
mod door;
mod doubt;
mod dying;
mod elsewhere;
mod ending;
mod failing;
mod first_call;
mod following;
mod forgetting;
mod mailing;
mod outage;
mod racing;
mod rebuilding;
mod replacing;
mod restoring;
mod seed;
mod syncing;
mod tenants;
mod tracing;

/// Longer than any story takes in real time.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(4);

macro_rules! stories {
    (
        on both engines { $($module:ident: $($story:ident),+ ;)+ }
        on postgres { $($alone:ident: $($other:ident),+ ;)+ }
        with the log in an event store { $($beside:ident: $($chosen:ident),+ ;)+ }
    ) => {
        mod event_store {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $chosen() {
                    let database = crate::contract::database::Database::stand_in().await;
                    super::within_patience(super::$beside::$chosen(database)).await;
                }
            )+)+
        }
        mod event_store_and_postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "needs the PostgreSQL server that tests/run starts"]
                async fn $chosen() {
                    let database = crate::contract::database::Database::postgres().await.with_stand_in().await;
                    super::within_patience(super::$beside::$chosen(database)).await;
                }
            )+)+
        }
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $story() {
                    let database = crate::contract::database::Database::sqlite().await;
                    super::within_patience(super::$module::$story(database)).await;
                }
            )+)+
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "needs the PostgreSQL server that tests/run starts"]
                async fn $story() {
                    let database = crate::contract::database::Database::postgres().await;
                    super::within_patience(super::$module::$story(database)).await;
                }
            )+)+
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "needs the PostgreSQL server that tests/run starts"]
                async fn $other() {
                    let database = crate::contract::database::Database::postgres().await;
                    super::within_patience(super::$alone::$other(database)).await;
                }
            )+)+
        }
    };
}

async fn within_patience(story: impl Future<Output = ()>) {
    tokio::time::timeout(PATIENCE, story).await.expect("the story ends");
}

stories! {
    on both engines {
        restoring:
            a_backup_brings_back_every_row,
            what_was_booked_after_the_backup_is_found_and_not_booked_again,
            who_was_forgotten_stays_forgotten_in_an_older_backup;
        first_call:
            the_first_call_is_followed_to_what_the_calendar_says,
            a_first_call_that_goes_wrong_says_where_and_what_to_do;
        forgetting:
            a_forgotten_person_leaves_nothing_behind,
            a_read_model_that_rests_is_named_until_it_has_forgotten_too,
            what_arrives_of_the_forgotten_is_forgotten_too,
            nobody_is_forgotten_who_is_still_expected;
        seed:
            the_seeds_own_payload_is_booked;
        racing:
            lesson_02_the_same_webhook_ten_times_books_once,
            lesson_04_every_order_of_a_calls_webhooks_ends_the_same,
            of_two_callers_for_one_person_one_gets_the_time,
            two_callers_and_two_people_are_both_booked;
        doubt:
            lesson_13_what_was_booked_without_an_answer_is_found,
            lesson_13_what_was_not_booked_is_asked_for_again,
            a_late_request_finds_its_time_taken_by_the_second,
            a_late_twin_is_cancelled_and_the_first_confirmed_stays,
            a_late_twin_of_a_cancelled_appointment_is_cancelled,
            an_appointment_moves_only_once_no_twin_can_come,
            lesson_02_a_no_that_is_our_own_earlier_success_is_taken_over;
        around:
            lesson_06_a_booking_outdates_open_times_on_every_node,
            what_the_breakers_of_all_nodes_do_is_written_down_once;
        outage:
            after_an_hour_without_calcom_every_wish_is_booked_once,
            a_wish_ends_when_its_time_has_come,
            one_request_too_many_is_made_again_later,
            lesson_16_calcoms_limit_is_never_gone_beyond,
            a_key_that_calcom_refuses_holds_bookings_up_until_it_is_replaced;
        by_hand:
            what_is_not_booked_is_counted_once_whoever_asked_for_it,
            a_cancelled_appointment_is_gone_and_its_time_free,
            a_moved_appointment_stands_at_its_new_time_alone,
            a_cancellation_reaches_a_booking_that_nobody_is_sure_of,
            a_cancellation_without_an_answer_comes_to_its_end,
            a_move_without_an_answer_is_found_where_it_leads,
            a_move_that_calcom_refuses_leaves_the_appointment_where_it_was,
            lesson_09_what_the_host_has_still_to_agree_to_is_not_booked;
        desk:
            lesson_09_booked_is_said_once_the_calendar_has_it,
            what_call_ended_says_differently_is_flagged_and_books_nothing,
            what_the_agent_was_answered_stands_in_the_calls_tree,
            lesson_02_a_function_that_is_sent_again_while_the_first_runs_books_once,
            lesson_04_a_function_that_comes_before_any_webhook_is_answered,
            lesson_05_what_a_caller_keeps_is_theirs_until_they_hang_up,
            choosing_another_time_lets_the_first_one_go,
            what_is_kept_for_a_call_that_never_ends_comes_free,
            lesson_07_what_was_offered_can_be_booked,
            lesson_08_an_offer_is_booked_as_it_was_made_and_by_nobody_else,
            of_ten_callers_for_one_time_as_many_get_it_as_there_are_people,
            of_twenty_callers_for_three_people_at_four_times_twelve_are_booked,
            lesson_10_the_called_number_says_whose_call_it_is,
            lesson_11_whoever_withholds_their_number_is_served,
            lesson_12_a_service_is_asked_for_and_never_guessed,
            a_slow_calendar_is_waited_for_and_then_left_to_the_list;
        desk_days:
            on_a_holiday_it_is_closed_and_callers_hear_which_one_it_is,
            whoever_asks_for_a_week_is_offered_days_of_all_of_it,
            an_appointment_is_moved_to_whom_it_was_offered_with,
            what_was_cancelled_does_not_count_among_a_calls_appointments,
            what_was_noted_and_cannot_be_had_is_a_callback;
        desk_theirs:
            an_appointment_is_told_to_whoever_shows_two_things_that_agree,
            whoever_guesses_too_often_is_told_nothing_and_called_back,
            an_appointment_is_moved_for_whoever_it_was_told_to,
            an_appointment_is_cancelled_for_whoever_it_belongs_to,
            what_was_booked_a_moment_ago_can_be_changed_in_the_same_call,
            of_two_appointments_the_caller_says_which;
        desk_answers:
            whatever_an_agent_sends_it_gets_a_sentence_to_say,
            a_call_that_an_agent_made_up_books_nothing,
            lesson_18_what_is_not_signed_is_turned_away,
            where_nothing_can_be_done_the_company_says_what_then,
            staff_see_whom_to_call_back_and_close_it,
            before_a_word_is_said_the_agent_knows_who_calls_and_which_day_it_is;
        calling:
            lesson_01_summer_and_winter_time,
            lesson_11_callers_without_a_number_are_people_of_their_own,
            a_caller_without_an_address_keeps_one_placeholder,
            a_call_through_the_web_belongs_to_its_agents_branch,
            templates_that_nobody_filled_are_absent,
            a_wish_that_cannot_be_followed_is_refused_with_its_fact,
            a_later_word_changes_nothing_and_is_flagged;
        tenants:
            lesson_10_an_unknown_number_is_set_aside_until_it_is_assigned,
            lesson_18_no_account_speaks_for_anothers_number,
            lesson_18_no_account_touches_anothers_call;
        door:
            a_signature_that_proves_nothing_is_turned_away_and_counted,
            a_body_over_four_mebibytes_is_refused_however_it_comes,
            what_is_proven_but_unreadable_is_kept_with_its_reason,
            while_a_key_is_replaced_both_are_valid,
            two_headers_prove_a_body_only_where_the_account_is_set_to_them;
        failing:
            what_fails_is_tried_again_then_set_aside_and_can_be_replayed,
            a_failure_that_passes_leaves_no_trace_in_what_is_booked,
            lesson_03_what_was_never_delivered_is_found_at_retell,
            what_retell_will_not_tell_is_reported;
        following:
            what_the_salon_books_itself_is_refused_to_a_caller,
            what_the_salon_cancels_itself_is_free_again,
            what_the_salon_moves_itself_stands_where_it_was_moved,
            what_the_salon_moves_too_close_is_an_overlap_that_is_counted,
            every_order_of_the_calendars_deliveries_ends_the_same,
            every_order_of_deliveries_about_others_ends_the_same,
            lesson_02_a_delivery_that_comes_again_changes_nothing,
            lesson_18_what_the_calendar_did_not_sign_is_turned_away,
            an_echo_of_what_was_booked_here_costs_nothing,
            the_host_agrees_or_does_not,
            who_came_and_who_did_not,
            while_the_calendar_is_away_its_deliveries_wait,
            what_cannot_be_understood_is_kept_and_can_be_replayed,
            lesson_13_a_twin_that_the_calendar_tells_of_is_cancelled,
            what_the_calendar_told_of_the_forgotten_is_gone,
            what_the_calendar_told_of_an_appointment_by_hand_goes_with_its_person;
        comparing:
            lesson_13_what_the_calendar_never_told_is_found_there,
            lesson_03_what_is_told_badly_or_never_ends_the_same,
            what_was_booked_before_we_came_takes_its_time_too,
            what_is_over_is_completed_without_being_told,
            lesson_13_a_calendar_that_knows_nothing_cancels_nothing,
            what_is_not_listed_is_asked_for_before_it_is_gone,
            lesson_14_a_call_that_never_ended_is_asked_for_and_closed,
            what_was_erased_is_not_brought_back;
        ending:
            what_is_acknowledged_while_the_server_ends_is_kept,
            what_another_process_sets_up_is_known_to_the_server;
        crash:
            killed_at_any_moment_it_loses_nothing_and_books_nothing_twice;
        syncing:
            the_calendar_wins_and_a_run_can_be_taken_back,
            what_the_calendar_has_no_more_is_not_booked,
            a_provider_that_fails_half_way_leaves_nothing_half_done,
            lesson_10_a_company_takes_only_what_is_its_own,
            an_agents_words_are_drafted_published_and_rolled_back,
            lesson_21_a_number_is_answered_by_the_version_that_it_names,
            hours_changed_here_are_the_calendars_hours,
            lesson_21_the_doctor_names_what_keeps_callers_from_being_served,
            a_companys_set_up_is_seen_and_changed_through_the_api;
        alerting:
            every_channel_hears_of_trouble_until_it_has_taken_it,
            what_nobody_looks_after_is_told_to_others;
        mailing:
            a_customer_hears_once_of_each_change,
            who_has_no_address_or_is_forgotten_is_not_written_to,
            a_mail_server_that_is_away_is_waited_for;
        tracing:
            a_call_is_walked_from_its_webhook_to_what_the_calendar_has,
            what_is_booked_by_hand_is_one_chain;
        rebuilding:
            dropped_read_models_come_back_row_by_row,
            read_models_are_built_anew_while_calls_come_in;
    }
    on postgres {
        ending:
            two_servers_on_one_database_book_everything_once;
        replacing:
            nodes_are_replaced_under_load_without_one_failed_request;
        dying:
            another_node_leads_ten_seconds_after_one_has_died;
        comparing:
            one_server_of_two_compares;
        desk_days:
            another_servers_request_is_waited_for;
    }
    with the log in an event store {
        seed:
            the_seeds_own_payload_is_booked;
        racing:
            lesson_02_the_same_webhook_ten_times_books_once;
        rebuilding:
            dropped_read_models_come_back_row_by_row;
        elsewhere:
            commands_work_on_a_log_that_is_kept_elsewhere;
    }
}
