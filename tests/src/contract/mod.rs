//! One suite for the ports of a store, run on every engine. A case gets an empty database that is up to date, and may
//! open it as often as it likes: each opening is another node.

mod appending;
pub(crate) mod chain;
mod crash;
pub(crate) mod database;
mod engine;
mod follow;
mod keys;
mod leases;
mod migrations;
mod order;
mod parked;
mod processes;
mod proxy;
mod read_models;
mod repeating;
mod snapshots;
mod write;

/// Nothing here waits for longer; whoever does has lost a wake-up.
const PATIENCE: std::time::Duration = std::time::Duration::from_mins(2);

macro_rules! suite {
    ($($module:ident: $($case:ident),+ ;)+) => {
        mod sqlite {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn $case() {
                    let database = super::database::Database::sqlite().await;
                    let case = super::$module::$case(&database);
                    tokio::time::timeout(super::PATIENCE, case).await.expect("the case ends");
                }
            )+)+
        }
        mod postgres {
            $($(
                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                #[ignore = "needs the PostgreSQL server that tests/run starts"]
                async fn $case() {
                    let database = super::database::Database::postgres().await;
                    let case = super::$module::$case(&database);
                    tokio::time::timeout(super::PATIENCE, case).await.expect("the case ends");
                }
            )+)+
        }
    };
}

suite! {
    appending:
        an_event_reads_back_as_it_was_written,
        every_expectation_meets_every_stream,
        of_equal_expectations_one_wins,
        with_any_expectation_all_are_stored,
        conflicts_do_not_hurt_their_neighbours,
        a_poisonous_append_fails_alone,
        what_cannot_be_stored_is_refused_by_name,
        events_are_never_changed;
    repeating:
        a_repeated_command_gets_its_first_result,
        the_same_command_at_once_is_stored_once,
        other_events_under_the_same_command_are_refused,
        a_command_is_found_in_a_long_stream,
        a_command_may_write_to_several_streams;
    order:
        readers_see_one_dense_order,
        nodes_on_one_database_keep_one_dense_order,
        a_writer_parked_before_its_commit_hides_nothing,
        reading_goes_by_pages,
        news_of_this_store_wakes,
        news_of_another_store_wakes,
        waiting_without_news_ends;
    parked:
        of_appends_behind_a_parked_writer_all_are_stored_or_told,
        retries_behind_a_parked_writer_get_one_result,
        head_and_rows_are_read_of_one_state;
    processes:
        three_processes_write_and_one_is_killed;
    crash:
        closing_commits_what_was_taken,
        what_was_acknowledged_is_there_after_opening_again,
        lost_connections_lose_and_repeat_nothing,
        a_commit_whose_answer_was_lost_is_found;
    chain:
        the_chain_holds_whoever_writes,
        the_chain_covers_what_belongs_to_persons,
        the_chain_tells_what_was_changed_behind_its_back;
    read_models:
        a_failing_statement_leaves_nothing_of_its_batch,
        a_moved_checkpoint_fails_the_whole_batch,
        of_nodes_with_the_same_step_one_commits,
        a_newer_version_keeps_older_ones_out,
        rows_may_change_where_the_checkpoint_stands,
        statements_of_no_step_go_together,
        arguments_go_by_their_number,
        answers_read_alike,
        text_sorts_by_its_bytes,
        preparing_at_once_is_safe,
        a_changed_table_is_read_anew,
        a_text_with_a_nul_is_kept_and_found,
        queries_do_not_write,
        a_large_batch_is_one_step;
    snapshots:
        a_long_stream_is_continued_from_its_snapshot,
        a_snapshot_that_does_not_fit_is_ignored_and_replaced,
        an_event_behind_a_parked_writer_is_applied_once;
    leases:
        of_two_who_ask_one_leads_until_the_lease_lapses,
        what_is_given_up_is_free_at_once,
        many_who_ask_at_once_get_one_leader;
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
    migrations:
        migrating_again_changes_nothing,
        a_dry_run_changes_nothing,
        a_database_that_is_behind_is_not_opened,
        a_database_of_a_newer_program_is_left_alone,
        migrating_at_once_is_safe,
        serving_is_locked_as_the_engine_needs;
}
