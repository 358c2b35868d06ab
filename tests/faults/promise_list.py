"""The fourteen promises."""

from __future__ import annotations

from tests.faults.cases import Promise

PROMISES = (
    Promise(1, "A file in the inbox is only read, and kept before it is parsed", (
        "test_intake::test_take__receipt_and_private_copy",
        "test_intake_crash::test_take__killed_at_every_step_converges", "test_job::test_inbox__is_left_as_it_was",
        "test_crash::test_run__hurt_and_run_again_gives_the_same_outputs")),
    Promise(2, "One disposition for every file seen, one receipt for every submission", (
        "test_intake_crash::test_take__killed_at_every_step_converges",
        "test_intake::test_take__same_bytes_twice_are_two_receipts_and_one_copy",
        "test_intake::test_take__withdrawn_and_back",
        "test_submissions::test_blank_and_ignored__named_with_the_reason")),
    Promise(3, "A bad file costs nobody but itself", (
        "test_corpus::test_corpus__every_file_has_exactly_one_answer",
        "test_sandbox::test_each__fault_costs_only_its_item",
        "test_cases_b::test_b32_b36__hostile_names_and_texts_are_answered_and_do_nothing",
        "test_neighbours::test_corpus__changes_nothing_for_its_neighbours",
        "test_neighbours::test_hard_files__change_nothing_for_their_neighbours")),
    Promise(4, "A run that crashed and is run again writes the same bytes", (
        "test_crash::test_run__hurt_and_run_again_gives_the_same_outputs",
        "test_unchanged::test_run_killed_before_it_is_remembered__is_repeated",
        "test_cases_g::test_e72__told_to_end_at_any_time_and_run_again")),
    Promise(5, "An output is the old or the new one, the manifest last", (
        "test_publish_atomic::test_order__is_flush_rename_flush_of_the_folder",
        "test_publish_atomic::test_error_while_writing__keeps_the_old_file_and_nothing_else",
        "test_crash::test_opens__tells_a_torn_file", "test_manifest::test_touched_output__is_judged_by_its_bytes",
        "test_publish_open::test_open_file__that_stays_open_is_left_and_the_new_one_lies_beside")),
    Promise(6, "Every row is taken, refused or skipped with a reason", (
        "test_read_tables::test_row__that_is_no_record_is_counted_by_reason",
        "test_read_tables::test_example_row__is_skipped_and_told",
        "test_grid::test_open_workbook__wrong_dimension_loses_nothing")),
    Promise(7, "Nothing in a file is executed, fetched or followed", (
        "test_safe_outputs::test_workbooks__hold_no_formula_and_no_link_of_a_cell",
        "test_safe_outputs::test_csv__has_no_lead_character_that_a_spreadsheet_executes",
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words",
        "test_cases_a::test_a18__values_of_external_links_are_those_that_were_saved",
        "test_returned_live::test_macros__are_left_out_and_it_is_said",
        "test_returned_live::test_links_followed_on_opening__lead_nowhere",
        "test_forking::test_child__is_refused_by_the_kernel",
        "test_containment::test_child__connects_to_nothing_starts_nothing_writes_nothing"),
        "The kernel refuses connections and programs on x86-64 and 64-bit ARM; elsewhere it rests on the readers and "
        "on "
        "the refusal of DOCTYPE."),
    Promise(8, "Time and memory of every file are bounded", (
        "test_sandbox::test_each__time_limit_is_for_each_item",
        "test_sandbox::test_each__several_faults_in_several_chunks",
        "test_grid::test_open_workbook__far_corner_costs_one_file_and_no_run",
        "test_fuzz::test_own_parsers__take_anything", "test_preflight::test_extent__of_a_sheet")),
    Promise(9, "Same inputs and rules, same bytes", (
        "test_job::test_other_workspace_at_another_time__writes_the_same_register_of_the_same_arrivals",
        "test_job::test_second_run__changes_no_byte", "test_resolve::test_order_of_reading__makes_no_difference",
        "test_cases_i::test_e73_i99__what_is_scarce_costs_time_and_no_result",
        "test_cases_i::test_i98__names_and_reports_are_the_same_in_every_locale",
        "test_same_bytes::test_run__gives_the_same_bytes_in_other_circumstances")),
    Promise(10, "One run at a time; one whose lease was taken commits nothing", (
        "test_lease::test_paused_run__that_wakes_late_ends_with_4_and_changes_nothing",
        "test_lease::test_late_writer__is_refused_everything",
        "test_ledger::test_hold__second_run_is_refused_at_once")),
    Promise(11, "The state can be made again from what was kept", (
        "test_ledger_rebuild::test_rebuild__equals_the_lost_ledger",
        "test_ledger_rebuild::test_rebuild__of_a_damaged_file",
        "test_cli_season::test_rebuild__gives_the_same_register_and_what_if_finds_nothing_to_change")),
    Promise(12, "Bureaus and operators get words, no traceback", (
        "test_rule_set::test_rule__complete_sentences",
        "test_cli::test_run__unforeseen_error_gives_a_reference_and_no_value",
        "test_cli::test_command__rust_panic_is_told_like_any_other",
        "test_opening::test_refused__every_reason_has_its_rule_and_words",
        "test_quiet_logs::test_unforeseen_error_over_a_value__leaves_no_marker",
        "test_full_disk::test_command__full_disk_is_exit_code_3_in_one_line",
        "test_silence::test_program__that_cannot_be_loaded_is_one_sentence",
        "test_silence::test_error_in_a_destructor__is_in_the_log_and_not_on_the_screen",
        "test_forking::test_server__that_cannot_start_is_one_sentence"),
        "Before the command's first line of code, Python itself may complain in English of a disk that fails it."),
    Promise(13, "What is refused, and as what, is under test both ways", (
        "test_corpus::test_corpus__answers",)),
    Promise(14, "Full disk, absent share and lateness are said", (
        "test_intake_faults::test_take__our_disk_fails", "test_intake_faults::test_take__reserve_is_kept",
        "test_intake_faults::test_take__no_inbox_is_not_an_empty_inbox",
        "test_cases_d::test_d59__inbox_that_is_suddenly_empty_is_told",
        "test_ledger_rebuild::test_journal__disk_full_undoes_the_transaction",
        "test_cli_season::test_late__is_said_and_not_dropped",
        "test_full_disk::test_full_disk__is_said_and_nothing_is_lost")),
)
