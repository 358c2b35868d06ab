"""The fault cases A to C; those from D on are in case_list_later.py."""

from __future__ import annotations

from tests.faults.case_list_later import LATER
from tests.faults.cases import Case

_CONTAINERS = (
    Case(1, "A", "A file of no bytes; a young one may still be coming", (
        "test_signature::test_kind_of__refused_with_a_reason",
        "test_intake_waiting::test_take__without_an_end_waits_while_young")),
    Case(2, "A", "A zip cut off before its end", (
        "test_intake_waiting::test_take__without_an_end_waits_while_young",
        "test_grid::test_open_workbook__cut_off_anywhere_is_refused_and_nothing_else")),
    Case(3, "A", "A part that is not what its checksum says", (
        "test_cases_a::test_a03__wrong_checksum_of_cells_is_refused",
        "test_cases_a::test_a03__wrong_checksum_elsewhere_costs_nothing",
        "test_cases_a::test_a03__flipped_digit_in_an_unpacked_part_is_no_other_figure"),
        "Damage in a part without cells is not told: nothing that was sent is lost by it."),
    Case(4, "A", "A directory of the zip without its marks", (
        "test_cases_a::test_a04__wrong_mark_in_the_directory_is_refused",)),
    Case(5, "A", "Two parts of one name, or of one but for case", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words", "test_preflight::test_package__fault")),
    Case(6, "A", "Backslashes in the names of parts", (
        "test_grid::test_open_workbook__backslashes_in_the_names_of_parts",)),
    Case(7, "A", "A workbook under another format's ending", (
        "test_cases_a::test_a07__form_under_another_ending_is_read",
        "test_job::test_every_file__is_found_to_hold_what_was_planted")),
    Case(8, "A", "A page or a table of text called .xls", (
        "test_cases_a::test_a08_a09__what_only_looks_like_a_workbook_is_refused_in_words",)),
    Case(9, "A", "Excel 2 to 4, an archive or a picture called .xls", (
        "test_cases_a::test_a08_a09__what_only_looks_like_a_workbook_is_refused_in_words",
        "test_signature::test_kind_of__foreign_files_are_named")),
    Case(10, "A", "A password to open, in any format", (
        "test_signature::test_kind_of__refused_with_a_reason", "test_signature::test_kind_of__encrypted_xls",
        "test_corpus::test_corpus__answers")),
    Case(11, "A", "Sheets protected against changes, not encrypted", (
        "test_signature::test_kind_of__protection_is_no_encryption",)),
    Case(12, "A", "A compound file whose tables lie or run in circles", (
        "test_corpus::test_corpus__every_file_has_exactly_one_answer",
        "test_sandbox::test_each__fault_costs_only_its_item",
        "test_neighbours::test_corpus__changes_nothing_for_its_neighbours",
        "test_fuzz_found::test_container_that_divides_by_nothing__is_damaged", "test_preflight::test_cfb__fault")),
    Case(13, "A", "A panic in the reader", (
        "test_corpus::test_corpus__nothing_raises_but_the_reader_that_panics",
        "test_sandbox::test_each__fault_costs_only_its_item")),
    Case(14, "A", "A part that is missing", (
        "test_cases_a::test_a14__missing_part_costs_nothing_or_the_file",
        "test_cases_a::test_a14__sheet_that_is_listed_and_not_there_is_damage")),
    Case(15, "A", "A sheet that tells a wrong size", (
        "test_grid::test_open_workbook__wrong_dimension_loses_nothing",)),
    Case(16, "A", "Strict OOXML, UTF-16, prefixed elements", (
        "test_grid::test_open_workbook__strict_ooxml", "test_grid::test_open_workbook__prefixed_namespace",
        "test_cases_a::test_a16__utf_16_parts_are_read_or_refused_but_never_empty")),
    Case(17, "A", "Binary, open-document and macro workbooks", (
        "test_signature::test_kind_of__workbooks",
        "test_cases_a::test_a17__workbook_with_macros_is_read_and_its_macros_are_not",
        "test_demo::test_writers__every_format__same_cells_and_merges")),
    Case(18, "A", "Macros, macro sheets, links to other files", (
        "test_cases_a::test_a17__workbook_with_macros_is_read_and_its_macros_are_not",
        "test_cases_a::test_a18__values_of_external_links_are_those_that_were_saved",
        "test_grid::test_open_workbook__what_calamine_refuses_openpyxl_reads_the_same",
        "test_returned_live::test_macros__are_left_out_and_it_is_said",
        "test_returned_live::test_links_followed_on_opening__lead_nowhere",
        "test_returned_live::test_macro_sheets__are_taken_out")),
    Case(19, "A", "More parts or sheets than any form has", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words",
        "test_cases_ab::test_thousand_parts__are_not_too_many", "test_preflight::test_open_workbook__sheets")),
    Case(20, "A", "A document, an archive, a picture, a PDF", (
        "test_signature::test_kind_of__foreign_files_are_named",
        "test_opening::test_open_file__what_is_no_form_is_told_by_content_not_by_name",
        "test_job::test_every_file__is_found_to_hold_what_was_planted")),
)
_HOSTILE = (
    Case(21, "B", "A bomb: a part that swells a thousand times", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words",
        "test_grid::test_open_workbook__text_that_swells_is_refused", "test_preflight::test_package__fault")),
    Case(22, "B", "A zip that lies about sizes, parts that overlap", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words",
        "test_preflight::test_package__sizes_that_are_told_too_small_are_counted",
        "test_preflight::test_package__bytes_that_belong_to_two_parts")),
    Case(23, "B", "Entities that multiply", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words", "test_corpus::test_corpus__answers")),
    Case(24, "B", "An entity that names a file or an address", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words",)),
    Case(25, "B", "Any DOCTYPE", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words", "test_preflight::test_package__fault")),
    Case(26, "B", "Two cells at the far ends of a sheet", (
        "test_cases_ab::test_harmful_container__is_refused_in_its_own_words",
        "test_grid::test_open_workbook__far_corner_costs_one_file_and_no_run",
        "test_preflight::test_extent__of_a_sheet", "test_preflight::test_open_file__place_that_is_too_far_is_named")),
    Case(27, "B", "Counts in the billions, millions of styles, thousands of merges", (
        "test_corpus::test_corpus__answers",
        "test_grid::test_open_workbook__merge_down_a_whole_column_ends_below_the_content",
        "test_sandbox::test_each__time_limit_is_for_each_item")),
    Case(28, "B", "A formula as the text of a cell", (
        "test_safe_outputs::test_workbooks__hold_no_formula_and_no_link_of_a_cell",
        "test_safe_outputs::test_csv__has_no_lead_character_that_a_spreadsheet_executes",
        "test_publish_tables::test_text_in_csv__is_never_executed")),
    Case(29, "B", "A formula as the name of a file, sheet or column", (
        "test_safe_outputs::test_workbooks__hold_no_formula_and_no_link_of_a_cell",
        "test_pages_safe::test_hostile_texts__are_shown_as_text")),
    Case(30, "B", "Addresses of pages, shares and mail", (
        "test_safe_outputs::test_workbooks__hold_no_formula_and_no_link_of_a_cell",
        "test_safe_outputs::test_pages__have_only_our_tags_and_links")),
    Case(31, "B", "Control characters, lone surrogates, marks of direction, a cell of a megabyte", (
        "test_safe_outputs::test_run_over_hostile_forms__answers_every_one",
        "test_safe_outputs::test_workbooks__show_hostile_texts_as_texts",
        "test_publish_problems::test_hostile_texts__stay_texts",
        "test_fuzz_found::test_half_a_character__is_shown_as_none")),
    Case(32, "B", "Names that are paths, devices, too long, or have line breaks", (
        "test_inbox::test_take__strange_names_are_taken_and_shown_escaped",
        "test_inbox::test_shown__two_names_are_never_alike",
        "test_cases_b::test_b32__names_that_other_systems_do_not_take_are_received",
        "test_cases_b::test_b32__names_in_a_zip_are_never_places_on_disk",
        "test_cases_b::test_b32_b36__hostile_names_and_texts_are_answered_and_do_nothing",
        "test_fuzz_found::test_names_of_answers__are_never_the_same",
        "test_fuzz_found::test_names_of_answers__fit_the_file_system")),
    Case(33, "B", "A link, pipe, socket, device or folder called x.xlsx", (
        "test_inbox::test_take__links_and_pipes_are_not_followed",
        "test_inbox::test_take__pipe_that_took_a_files_place", "test_inbox::test_take__folder_named_like_a_workbook",
        "test_cases_b::test_b33__socket_in_the_inbox_is_listed_and_left_alone",
        "test_cases_b::test_b33__device_in_the_inbox_is_listed_and_left_alone")),
    Case(34, "B", "A hard link to a file of ours", (
        "test_cases_b::test_b34__hard_link_to_the_ledger_is_only_read",),
        "The number of links is not noted: we only read, and what is no workbook is refused as such."),
    Case(35, "B", "A flood of files from one bureau", (
        "test_cases_b::test_b35__flood_of_one_bureau_leaves_no_other_out",
        "test_containment::test_city_that_floods_the_inbox__keeps_no_other_waiting",
        "test_containment::test_city_that_fills_the_disk__waits_with_the_rest",
        "test_waiting_shown::test_file_beyond_the_limit__stands_in_its_receipt_and_is_received_the_next_time")),
    Case(36, "B", "SQL in cells and names", (
        "test_cases_b::test_b32_b36__hostile_names_and_texts_are_answered_and_do_nothing",
        "test_cases_b::test_b36__sql_in_a_cell_is_a_text_like_any_other")),
    Case(37, "B", "Markup for pages, logs and Prefect's board", (
        "test_pages_safe::test_hostile_texts__are_shown_as_text",
        "test_flow::test_summary__nothing_in_it_acts_as_markup",
        "test_safe_outputs::test_artifact__is_numbers_and_our_own_names",
        "test_quiet_logs::test_logs_and_artifact__hold_no_marker")),
)
_GARBAGE = (
    Case(38, "C", "A code kept as a number, its last digits gone", (
        "test_cases_c::test_c38__code_kept_as_a_number_is_an_error_and_stays_as_it_is",
        "test_uscc_diagnosis::test_diagnose__number")),
    Case(39, "C", "Codes with a wrong check digit, O for 0, other widths, hidden characters", (
        "test_cases_c::test_c39__what_loses_nothing_is_put_right_and_shown_before_and_after",
        "test_cases_c::test_c39__what_must_be_guessed_is_an_error_and_is_not_applied",
        "test_uscc_code::test_validate__catches_every_single_slip")),
    Case(40, "C", "Another number in the column: old registrations, a person's", (
        "test_uscc_diagnosis::test_diagnose__length_names_the_kind",
        "test_uscc_privacy::test_diagnose__personal_id_is_not_shown",
        "test_rules_members::test_personal_id__masked_in_value_and_message")),
    Case(41, "C", "One code with two names, one name with two codes", (
        "test_organisations::test_conflicts__codes_of_the_rules",
        "test_organisations::test_name__by_policy_and_the_others_kept",
        "test_organisations::test_one_name_two_codes__two_organisations",
        "test_kinds_text::test_fold_name__ways_of_writing_one_name")),
    Case(42, "C", "Cells that hold an error", (
        "test_grid::test_open_workbook__prefixed_namespace_hides_no_error_cell",
        "test_details_xlsx::test_error_cell__keeps_its_text", "test_details_xls::test_error_cell__keeps_its_text",
        "test_read_singles::test_value__error_and_formula_are_told_apart")),
    Case(43, "C", "Formulas that were never calculated", (
        "test_details_xlsx::test_cell__errors_and_formulas", "test_details_ods::test_cell__errors_and_formulas")),
    Case(44, "C", "Labels moved, merged, doubled, renamed; other sheets; hidden content; pictures", (
        "test_read_forms::test_form__anywhere_on_the_sheet", "test_read_tables::test_header__two_rows",
        "test_read_tables::test_header__label_merged_down_two_rows",
        "test_read_tables::test_columns__swapped_are_found_by_their_labels",
        "test_label::test_label_key__writings_of_one_label",
        "test_drift::test_f07__hidden_rows_and_columns_with_content",
        "test_drift::test_f13__pictures_instead_of_members", "test_drift::test_f04__no_form_in_the_workbook")),
    Case(45, "C", "A blank form, an example row left in, the same file again", (
        "test_opening::test_open_file__blank_template_is_known",
        "test_read_tables::test_example_row__is_skipped_and_told",
        "test_announced::test_arrival__one_finding_in_these_words"),
        "A file of another month is none here: the call has one period, and the same bytes under the same name "
        "change nothing."),
    Case(46, "C", "Days of no calendar, of other eras, in the future, from 1904; sums beyond all money", (
        "test_cases_c::test_c46__what_is_no_date_is_named_with_its_cell",
        "test_cases_c::test_c46__day_in_the_future_is_asked_about",
        "test_cases_c::test_c46__sum_beyond_all_money_costs_its_cell_and_no_run",
        "test_cases_c::test_c46__workbook_that_counts_from_1904_has_the_same_days",
        "test_kinds_date::test_read_month__every_day_of_the_serial_range_matches_its_date_cell")),
    Case(47, "C", "Tables as text in any encoding", (
        "test_cases_c::test_c47__text_of_any_encoding_is_refused_so_that_none_is_misread",)),
    Case(48, "C", "Rare characters", (
        "test_cases_c::test_c48__rare_characters_are_kept_exactly",)),
    Case(49, "C", "Tens of thousands of mistakes in a file", (
        "test_cases_c::test_c49__of_too_many_findings_the_gravest_and_first_are_listed",
        "test_cases_c::test_c49__few_findings_are_all_listed",
        "test_cases_c::test_c49__all_are_counted_and_what_is_listed_says_that_there_are_more"),
        "The tests use small limits. A form of 35,000 members and 140,002 errors took 47 s of CPU once; its "
        "bureau's page had 0.3 MB, its marked form 1.3 MB."),
    Case(50, "C", "A form of another bureau or period", (
        "test_cases_c::test_c50__form_of_another_bureau_is_told_by_what_is_in_it",
        "test_cases_c::test_c50__form_of_another_period_is_told_by_what_is_in_it",
        "test_rules_basics::test_wrong__exactly_its_findings")),
)
CASES = (*_CONTAINERS, *_HOSTILE, *_GARBAGE, *LATER)
