//! One suite for the ports of a store, run on every engine. A case gets an empty database that is up to date, and may
//! open it as often as it likes: each opening is another node. What is said of every log is also said of one in a
//! KurrentDB: in a stand-in always, in a real one where somebody names it. Capabilities differ in two points, which a
//! store's chain tells: whether positions are dense, and whether one chain runs through the log.

mod apart;
mod appending;
mod budget;
pub(crate) mod chain;
mod crash;
pub(crate) mod database;
mod engine;
mod event_store;
mod follow;
mod keys;
mod leases;
mod migrations;
mod order;
mod parked;
mod processes;
mod proxy;
mod read_models;
mod related;
mod remembering;
mod repeating;
mod snapshots;
mod tickets;
mod upgrading;
mod write;

/// Nothing here waits for longer; whoever does has lost a wake-up.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(2);

macro_rules! suite {
    (
        of every log { $($module:ident: $($case:ident),+ ;)+ }
        of databases { $($below:ident: $($other:ident),+ ;)+ }
        of the stand-in { $($beside:ident: $($alone:ident),+ ;)+ }
    ) => {
        mod sqlite {
            $($( suite!(case cfg(test), sqlite, $module::$case); )+)+
            $($( suite!(case cfg(test), sqlite, $below::$other); )+)+
        }
        mod postgres {
            $($( suite!(case ignore = "needs the PostgreSQL server that tests/run starts", postgres, $module::$case); )+)+
            $($( suite!(case ignore = "needs the PostgreSQL server that tests/run starts", postgres, $below::$other); )+)+
        }
        mod stand_in {
            $($( suite!(case cfg(test), stand_in, $module::$case); )+)+
            $($( suite!(case cfg(test), stand_in, $beside::$alone); )+)+
        }
        mod kurrentdb {
            $($( suite!(case ignore = "needs the KurrentDB that RINGBUCH_TEST_KURRENTDB_URL names", kurrentdb, $module::$case); )+)+
        }
    };
    (case $mark:meta, $engine:ident, $module:ident::$case:ident) => {
        #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
        #[$mark]
        async fn $case() {
            let database = super::database::Database::$engine().await;
            let case = super::$module::$case(&database);
            tokio::time::timeout(super::PATIENCE, case).await.expect("the case ends");
        }
    };
}

suite! {
    of every log {
        appending:
            an_event_reads_back_as_it_was_written,
            every_expectation_meets_every_stream,
            of_equal_expectations_one_wins,
            with_any_expectation_all_are_stored,
            conflicts_do_not_hurt_their_neighbours,
            what_cannot_be_stored_is_refused_by_name;
        repeating:
            a_repeated_command_gets_its_first_result,
            the_same_command_at_once_is_stored_once,
            other_events_under_the_same_command_are_refused,
            a_command_is_found_in_a_long_stream,
            a_command_may_write_to_several_streams;
        order:
            readers_see_one_order,
            nodes_on_one_log_keep_one_order,
            reading_goes_by_pages,
            positions_lead_back_and_forth,
            news_of_this_store_wakes,
            news_of_another_store_wakes,
            waiting_without_news_ends;
        crash:
            closing_commits_what_was_taken,
            what_was_acknowledged_is_there_after_opening_again;
        chain:
            the_chain_holds_whoever_writes,
            the_chain_covers_what_belongs_to_persons;
        remembering:
            nothing_is_read_where_nobody_else_writes,
            what_another_node_did_counts_before_anything_is_decided,
            a_command_that_another_node_carried_out_gets_its_first_result;
        related:
            what_belongs_to_a_chain_or_is_about_a_booking_is_read_alone;
    }
    of databases {
        appending:
            a_poisonous_append_fails_alone,
            events_are_never_changed;
        order:
            a_writer_parked_before_its_commit_hides_nothing;
        crash:
            lost_connections_lose_and_repeat_nothing,
            a_commit_whose_answer_was_lost_is_found;
        chain:
            the_chain_tells_what_was_changed_behind_its_back;
        read_models:
            a_failing_statement_leaves_nothing_of_its_batch,
            a_moved_checkpoint_fails_the_whole_batch,
            of_nodes_with_the_same_step_one_commits,
            arguments_go_by_their_number,
            answers_read_alike,
            text_sorts_by_its_bytes,
            preparing_at_once_is_safe,
            a_changed_table_is_read_anew,
            a_text_with_a_nul_is_kept_and_found,
            queries_do_not_write,
            a_newer_version_keeps_older_ones_out,
            rows_may_change_where_the_checkpoint_stands,
            statements_of_no_step_go_together,
            a_large_batch_is_one_step;
        parked:
            of_appends_behind_a_parked_writer_all_are_stored_or_told,
            retries_behind_a_parked_writer_get_one_result,
            head_and_rows_are_read_of_one_state;
        processes:
            three_processes_write_and_one_is_killed;
        snapshots:
            a_long_stream_is_continued_from_its_snapshot,
            a_snapshot_that_does_not_fit_is_ignored_and_replaced,
            an_event_behind_a_parked_writer_is_applied_once;
        leases:
            of_two_who_ask_one_leads_until_the_lease_lapses,
            what_is_given_up_is_free_at_once,
            many_who_ask_at_once_get_one_leader;
        budget:
            all_nodes_together_draw_no_more_than_the_limit,
            every_key_and_class_has_a_purse_of_its_own,
            what_one_node_was_told_holds_for_all,
            lesson_16_two_nodes_with_one_key_never_go_beyond_its_limit;
        engine:
            what_cannot_be_taken_is_set_aside_with_what_follows_in_its_stream,
            what_was_set_aside_is_tried_again_in_order,
            what_cannot_be_read_is_set_aside,
            paused_projections_rest_and_go_on_where_they_stood,
            of_two_nodes_one_leads_and_the_other_takes_over,
            whoever_was_fenced_out_writes_nothing,
            a_newer_version_is_built_beside_the_old_one,
            a_build_that_broke_off_is_built_again,
            whoever_reads_the_old_rows_for_long_holds_up_no_events,
            a_writer_parked_before_its_commit_is_not_passed_over;
        keys:
            two_who_meet_one_number_get_one_person,
            a_secret_keeps_its_two_newest,
            what_is_written_once_stays,
            of_data_keys_made_at_once_the_first_stays,
            what_is_destroyed_stays_destroyed,
            everything_goes_out_and_comes_back,
            sealed_anew_only_where_it_stands_as_it_was_read,
            counts_add_up;
        tickets:
            a_ticket_is_found_under_its_kind_until_somebody_takes_it,
            of_many_who_take_a_ticket_one_gets_it,
            a_users_sessions_end_together,
            what_has_expired_is_swept;
        migrations:
            migrating_again_changes_nothing,
            a_dry_run_changes_nothing,
            a_database_that_is_behind_is_not_opened,
            a_database_of_a_newer_program_is_left_alone,
            migrating_at_once_is_safe,
            serving_is_locked_as_the_engine_needs;
        upgrading:
            every_older_schema_is_brought_up_to_date_under_load,
            a_migration_that_has_to_wait_holds_up_no_append;
    }
    of the stand-in {
        event_store:
            an_answer_that_was_lost_is_resolved,
            an_answer_that_is_lost_again_and_again_is_no_answer,
            lost_connections_store_everything_once,
            of_equal_events_at_once_one_is_the_first,
            a_server_that_was_down_is_found_again,
            news_come_again_after_the_subscription_was_cut,
            what_others_keep_there_is_left_out,
            what_is_too_large_is_refused_by_name,
            what_was_changed_behind_its_back_shows,
            what_only_a_checkpoint_shows,
            a_database_follows_one_log;
    }
}
