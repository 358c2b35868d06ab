"""The fault cases D to I."""

from __future__ import annotations

from tests.faults.cases import Case

_RACES = (
    Case(51, "D", "A copy that is still growing, or zeros of the whole size", (
        "test_intake_waiting::test_take__changing_file_waits",
        "test_waiting_shown::test_file_that_waits__stands_in_its_receipt_until_it_is_received_or_gone",
        "test_cases_d::test_d51__as_large_as_it_will_be_but_still_zeros",
        "test_intake_waiting::test_take__watching_uses_the_window")),
    Case(52, "D", "Another file in its place between look and read", (
        "test_cases_d::test_d52__replaced_between_look_and_read", "test_cases_d::test_d52__written_while_it_is_read")),
    Case(53, "D", "Taken away in the middle", (
        "test_cases_d::test_d53_d62__taken_away_before_it_is_opened",
        "test_cases_d::test_d53_d62__taken_away_while_it_is_read",
        "test_intake_waiting::test_take__taken_away_between_the_looks", "test_intake::test_take__withdrawn_and_back")),
    Case(54, "D", "What office programs and systems leave beside a file", (
        "test_inbox::test_take__ignored_and_listed",
        "test_cases_d::test_d54__file_that_somebody_has_open_is_taken_and_told",
        "test_cases_d::test_d54__file_that_was_closed_is_no_longer_told_to_be_open"),
        "An open file does not wait longer than any other: a run by hand takes what is there, and a mark may stay"
        " for ever."),
    Case(55, "D", "A file that somebody has locked", (
        "test_intake_faults::test_take__unreadable_file_waits",)),
    Case(56, "D", "Names that are one but for case, width, accents or a copy's mark", (
        "test_cases_d::test_d56__names_that_are_nearly_one_have_a_receipt_each_and_one_effect",)),
    Case(57, "D", "The same bytes from two bureaus", (
        "test_submissions::test_same_bytes_in_two_cities__both_count",
        "test_intake::test_take__same_bytes_twice_are_two_receipts_and_one_copy",
        "test_rules_across::test_wrong__exactly_its_findings")),
    Case(58, "D", "A new version under the old name", (
        "test_intake::test_take__new_bytes_under_old_name",
        "test_submissions::test_new_bytes_under_an_old_name__replace_it",
        "test_ledger::test_record__clock_set_back_keeps_order_of_arrival")),
    Case(59, "D", "The share is away, stale, suddenly empty", (
        "test_intake_faults::test_take__no_inbox_is_not_an_empty_inbox",
        "test_intake_faults::test_take__closed_folder_is_said_and_its_files_stand",
        "test_cases_d::test_d59__share_that_goes_away_while_it_is_listed",
        "test_cases_d::test_d59__inbox_that_is_suddenly_empty_is_told",
        "test_watch::test_watcher__share_that_is_away_is_no_deletion",
        "test_full_disk::test_inbox__that_is_away_is_not_an_empty_inbox",
        "test_watchdog::test_share__that_hangs_is_said_and_is_no_empty_inbox",
        "test_watchdog::test_share__that_hangs_at_the_second_look_is_said",
        "test_watchdog::test_slow_share__is_waited_for_while_anything_comes",
        "test_watchdog::test_watcher__notes_a_share_that_hangs_and_goes_on",
        "test_watchdog::test_command__on_a_share_that_hangs_ends_with_3"),
        "Tried with calls that do not return, not with a share: where the kernel lets not even a killed process go, it "
        "stays until the share comes back."),
    Case(60, "D", "A share that tells no events", (
        "test_watch::test_watcher__runs_until_it_is_stopped",
        "test_serve_real::test_serve__runs_for_a_dropped_file_and_at_night")),
    Case(61, "D", "Names in no known encoding", (
        "test_inbox::test_take__strange_names_are_taken_and_shown_escaped",
        "test_cases_d::test_d61__undecodable_name_is_the_same_file_the_next_night")),
    Case(62, "D", "A virus scanner takes the file away", (
        "test_cases_d::test_d53_d62__taken_away_before_it_is_opened",
        "test_cases_d::test_d53_d62__taken_away_while_it_is_read")),
    Case(63, "D", "Folders on different disks", (
        "test_cases_d::test_d63__no_rename_ever_leaves_its_file_system",
        "test_publish_atomic::test_aside__is_a_hidden_file_beside_the_target")),
)
_CRASHES = (
    Case(64, "E", "Killed at any step", (
        "test_crash::test_run__hurt_and_run_again_gives_the_same_outputs", "test_crash::test_blows__do_hit",
        "test_intake_crash::test_take__killed_at_every_step_converges",
        "test_unchanged::test_run_killed_before_it_is_remembered__is_repeated",
        "test_ledger_rebuild::test_journal__killed_before_the_commit_is_made_good")),
    Case(65, "E", "Power lost", (
        "test_publish_atomic::test_order__is_flush_rename_flush_of_the_folder",
        "test_durable::test_run__flushes_whatever_it_renames_and_the_folder_after_it",
        "test_ledger::test_open__durable_settings", "test_ledger_rebuild::test_journal__torn_end_is_ignored"),
        "Pages that the kernel had not written cannot be lost here; tried is the order of flush and rename, and "
        "torn ends."),
    Case(66, "E", "Disk full", (
        "test_intake_faults::test_take__our_disk_fails", "test_intake_faults::test_take__reserve_is_kept",
        "test_ledger_rebuild::test_journal__disk_full_undoes_the_transaction",
        "test_publish_atomic::test_full_disk_at_the_flush__keeps_the_old_file",
        "test_readings_cache::test_disk_that_refuses__costs_nothing_but_time",
        "test_crash::test_run__hurt_and_run_again_gives_the_same_outputs",
        "test_full_disk::test_full_disk__is_said_and_nothing_is_lost",
        "test_full_disk::test_reserve__stops_the_run_before_the_disk_is_full")),
    Case(67, "E", "An error of the disk at flush or close", (
        "test_intake_faults::test_take__our_disk_fails",
        "test_publish_atomic::test_full_disk_at_the_flush__keeps_the_old_file",
        "test_crash::test_run__hurt_and_run_again_gives_the_same_outputs")),
    Case(68, "E", "An output is open in Excel", (
        "test_publish_open::test_open_file__that_is_closed_in_time_is_replaced",
        "test_publish_open::test_open_file__that_stays_open_is_left_and_the_new_one_lies_beside",
        "test_publish_open::test_run__says_where_the_new_files_are_and_puts_them_right_the_next_night"),
        "Tried with the errors that Windows gives, not on Windows."),
    Case(69, "E", "Outbox deleted, closed or over its quota", (
        "test_full_disk::test_outbox__that_was_removed_is_made_again",
        "test_full_disk::test_outbox__that_is_no_folder_is_said", "test_full_disk::test_closed_folder__is_said",
        "test_unchanged::test_lost_outbox__is_made_again_from_what_is_known")),
    Case(70, "E", "A child killed for memory, hanging, flooding, ending without an answer", (
        "test_sandbox::test_each__fault_costs_only_its_item",
        "test_sandbox::test_each__several_faults_in_several_chunks",
        "test_sandbox::test_each__child_cannot_fill_the_disk",
        "test_sandbox::test_each__child_prints_nothing_on_our_screen",
        "test_sandbox::test_each__no_child_outlives_a_killed_parent")),
    Case(71, "E", "The run itself killed for memory", (
        "test_ledger::test_hold__killed_run_lets_go",
        "test_lease::test_lease__of_a_dead_process_of_this_machine_is_nobodys",
        "test_crash::test_run__hurt_and_run_again_gives_the_same_outputs")),
    Case(72, "E", "Shutdown, logoff, Ctrl+C", (
        "test_cases_g::test_e72__told_to_end_at_any_time_and_run_again", "test_cli::test_interrupt__is_one_sentence")),
    Case(73, "E", "No room for temporary files, no home", (
        "test_cases_i::test_e73_i99__what_is_scarce_costs_time_and_no_result",
        "test_forking::test_children__start_wherever_temporary_files_are"),
        "Not told beforehand: a run finds another place by itself, and one that finds none ends as on a full "
        "disk."),
)
_CONCURRENT = (
    Case(74, "F", "Two runs at once", (
        "test_ledger::test_hold__second_run_is_refused_at_once", "test_ledger::test_hold__twice_in_one_process",
        "test_cli::test_run__workspace_held_ends_with_4",
        "test_lease::test_lease__of_a_living_run_on_another_machine_is_respected",
        "test_together::test_processes__watching_at_night_and_by_hand_leave_one_truth",
        "test_together::test_serve__with_a_night_owed_and_runs_by_hand_leaves_one_truth")),
    Case(75, "F", "A lock left behind, a process number used again", (
        "test_ledger::test_hold__killed_run_lets_go",
        "test_lease::test_lease__of_a_dead_process_of_this_machine_is_nobodys",
        "test_ledger_editions::test_share__holds_no_ledger")),
    Case(76, "F", "A paused run wakes after another has taken over", (
        "test_lease::test_paused_run__that_wakes_late_ends_with_4_and_changes_nothing",
        "test_lease::test_late_writer__is_refused_everything",
        "test_ledger_season::test_commit__stale_run_is_refused")),
    Case(77, "F", "The same run again", (
        "test_job::test_second_run__changes_no_byte",
        "test_unchanged::test_run_on_the_same_day__opens_nothing_and_touches_no_output")),
    Case(78, "F", "A run for another period meanwhile", (
        "test_ledger_editions::test_file__of_another_workspace_is_refused",),
        "A workspace has one call and one period; another has a workspace, a lock and a ledger of its own."),
    Case(79, "F", "Another release between crash and next run", (
        "test_ledger_editions::test_newer_edition__is_refused",
        "test_ledger_editions::test_steps__crash_between_two_goes_on_where_it_stopped",
        "test_unchanged::test_declared_nil_and_editions__have_a_part_in_the_key",
        "test_readings_cache::test_run_of_another_edition__reads_everything_anew")),
)
_CLOCKS = (
    Case(80, "G", "Begun before the deadline, whole after it", (
        "test_cases_g::test_g80__begun_before_midnight_and_whole_after_it",
        "test_announced::test_arrival__one_finding_in_these_words")),
    Case(81, "G", "The share's clock is fast or slow", (
        "test_arrivals::test_file_time_after_arrival__is_warned_of",
        "test_intake_waiting::test_take__watching_uses_the_window")),
    Case(82, "G", "The machine's clock is set back, or in another zone", (
        "test_cases_g::test_g82__clock_set_back_changes_no_order",
        "test_cases_g::test_g82__moments_are_kept_in_china_s_time_whatever_the_machine_s_zone",
        "test_publish_remembered::test_days__as_the_clocks_in_china_show_them",
        "test_same_bytes::test_run__gives_the_same_bytes_in_other_circumstances")),
    Case(83, "G", "Times of 1980, 2099 or no calendar", (
        "test_cases_g::test_g83__a_file_s_own_time_decides_nothing", "test_inbox::test_take__times_of_no_calendar")),
    Case(84, "G", "A run that overruns the deadline, or the next night", (
        "test_cases_g::test_g84__run_that_outlasts_the_deadline_makes_nothing_late_and_shows_nothing_half",
        "test_cases_g::test_g84__run_that_is_ended_at_the_deadline_goes_on_where_it_was",
        "test_serve::test_turn__that_never_comes_is_told_of_a_night_only",
        "test_together::test_processes__watching_at_night_and_by_hand_leave_one_truth"),
        "No partial register, marked or not, is ever published, and no run has a budget of time: a night that waits an "
        "hour for its turn is told to those who are notified."),
    Case(85, "G", "The end of a month, of a leap February, of a year, during a run", (
        "test_cases_g::test_g85__run_belongs_to_the_moment_at_which_it_began",)),
    Case(86, "G", "A late file", (
        "test_cli_season::test_late__is_said_and_not_dropped", "test_resolve::test_late__after_the_last_second")),
)
_DATABASE = (
    Case(87, "H", "The ledger is locked by another program", (
        "test_ledger::test_record__locked_by_another_program", "test_ledger::test_record__locked_on_the_server")),
    Case(88, "H", "A page damaged, the file cut, its header gone, its log deleted", (
        "test_ledger::test_open__damaged_page", "test_ledger::test_open__not_a_database",
        "test_ledger_rebuild::test_rebuild__of_a_damaged_file",
        "test_cases_g::test_h88__write_ahead_log_deleted_before_it_was_taken_over")),
    Case(89, "H", "The ledger is put on a share", (
        "test_ledger_editions::test_share__holds_no_ledger",)),
    Case(90, "H", "The ledger comes from an older backup", (
        "test_ledger_rebuild::test_database__older_copy_put_back_is_brought_up_to_date",
        "test_cases_g::test_h90__ledger_put_back_from_a_backup_while_the_inbox_went_on")),
    Case(91, "H", "The ledger is deleted", (
        "test_ledger_rebuild::test_rebuild__equals_the_lost_ledger",
        "test_cli_season::test_rebuild__gives_the_same_register_and_what_if_finds_nothing_to_change",
        "test_ledger_lost::test_originals_of_which_nothing_is_known__stop_every_run",
        "test_ledger_lost::test_rebuild_of_nothing__says_what_is_lost_and_lets_runs_begin",
        "test_ledger_lost::test_journal_from_the_backup__brings_everything_back_after_all")),
    Case(92, "H", "A child inherits the open ledger", (
        "test_sandbox::test_each__child_is_clean_and_light",)),
)
_ENVIRONMENT = (
    Case(93, "I", "Prefect's server is down or its database locked", (
        "test_flow::test_run__goes_on_without_a_server", "test_flow::test_server__that_never_answers_is_down",
        "test_serve::test_serve__server_given_that_does_not_answer_is_told",
        "test_flow_server::test_server__killed_in_the_middle_costs_nothing")),
    Case(94, "I", "A run that Prefect believes to be under way for ever", (
        "test_ledger::test_runs__finished_and_interrupted",
        "test_serve_real::test_serve__makes_up_for_missed_nights_with_one_run")),
    Case(95, "I", "Prefect tries again after half a run", (
        "test_flow::test_environment__keeps_prefect_at_home_and_silent",
        "test_ledger_season::test_commit__twice_is_once",
        "test_unchanged::test_run_killed_before_it_is_remembered__is_repeated")),
    Case(96, "I", "Nights missed, then all at once", (
        "test_nights::test_owed__one_run_for_what_was_missed",
        "test_serve::test_outdated__only_the_latest_of_several_late_nights_runs",
        "test_serve_real::test_serve__makes_up_for_missed_nights_with_one_run")),
    Case(97, "I", "A new release of a reader gives other values", (
        "test_corpus::test_corpus__answers",
        "test_edition::test_other_version_of_a_library__makes_another_edition_of_what_it_decides",
        "test_house::test_lock__pins_everything_with_hashes")),
    Case(98, "I", "Locale C, a GBK screen", (
        "test_cases_i::test_i98__names_and_reports_are_the_same_in_every_locale",
        "test_cases_i::test_i98__begins_again_only_where_the_locale_misreads_names",
        "test_cli::test_output__any_encoding_will_do",
        "test_same_bytes::test_run__gives_the_same_bytes_in_other_circumstances")),
    Case(99, "I", "Few files at once, one slow processor", (
        "test_cases_i::test_e73_i99__what_is_scarce_costs_time_and_no_result",)),
    Case(100, "I", "The log's disk is full", (
        "test_cases_i::test_i100__full_disk_costs_the_log_its_lines_and_the_screen_nothing",
        "test_cases_i::test_i100__run_without_a_log_has_the_same_result")),
)
LATER = (*_RACES, *_CRASHES, *_CONCURRENT, *_CLOCKS, *_DATABASE, *_ENVIRONMENT)
