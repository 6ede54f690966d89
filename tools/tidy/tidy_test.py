#!/usr/bin/env python3
"""Each rule flags its bad sample, in these words, and leaves the good one alone."""

import unittest

import cpp_source
import tidy

HEADER = "#pragma once\n\n"


def findings(text, path="genstage/stage/sample.cpp"):
    return tidy.check(path, text)


def function_of(lines):
    body = "".join(f"  step({n});\n" for n in range(lines - 2))
    return f"void walk() {{\n{body}}}\n"


def in_coroutine(statement):
    return f"task<> run() {{\n  {statement}\n}}\n"


class Flagged(unittest.TestCase):
    def assert_flagged(self, expected, text, path="genstage/stage/sample.cpp"):
        self.assertIn(expected, findings(text, path))

    def test_a_line_of_101_columns(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:2: line_length: 101 columns, at most 100 are allowed",
            "int a;\n" + "x" * 101 + "\n")

    def test_a_function_of_71_lines(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:1: function_length: "
            "void walk() has 71 lines, at most 70 are allowed", function_of(71))

    def test_a_member_function_of_71_lines_behind_initialisers(self):
        constructor = "  a() : b_{1}, c_{2} {\n" + "  f();\n" * 70 + "  }\n"
        text = HEADER + "class a {\n public:\n" + constructor + "};\n"
        self.assert_flagged(
            "genstage/stage/a.hpp:5: function_length: "
            "a() : b_{1}, c_{2} has 72 lines, at most 70 are allowed", text, "genstage/stage/a.hpp")

    def test_a_source_of_601_lines(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:601: file_length: "
            "601 lines, at most 600 are allowed in such a file", "int a;\n" * 601)

    def test_a_header_of_401_lines(self):
        self.assert_flagged(
            "genstage/stage/a.hpp:401: file_length: "
            "401 lines, at most 400 are allowed in such a file",
            "#pragma once\n" + "int a;\n" * 400, "genstage/stage/a.hpp")

    def test_a_tab(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:1: whitespace: a tab, only spaces are allowed", "\tint a;\n")

    def test_white_space_at_the_end_of_a_line(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:1: whitespace: "
            "white space at the end of the line, none is allowed", "int a; \n")

    def test_a_missing_line_end(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:1: whitespace: "
            "no line end at the end of the file, one is needed", "int a;")

    def test_a_layer_that_includes_a_later_one(self):
        self.assert_flagged(
            "genstage/task/a.cpp:1: layer_order: includes genstage/stage/stage.hpp, "
            "task may include core, record, telemetry, task",
            "#include <genstage/stage/stage.hpp>\n", "genstage/task/a.cpp")

    def test_the_application_included_by_the_library(self):
        self.assert_flagged(
            "genstage/http/a.cpp:1: layer_order: includes livesearch/site/site.hpp, "
            "the library never includes the application",
            '#include "livesearch/site/site.hpp"\n', "genstage/http/a.cpp")

    def test_the_whole_library_included_by_a_layer(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:1: layer_order: includes genstage/genstage.hpp, "
            "a layer includes only layers, of stage those up to it",
            "#include <genstage/genstage.hpp>\n")

    def test_a_folder_that_is_no_layer(self):
        self.assert_flagged(
            "livesearch/extra/a.cpp:1: layer_order: includes livesearch/site/site.hpp, "
            "only folders of tools/tidy/layers.py are layers",
            '#include "livesearch/site/site.hpp"\n', "livesearch/extra/a.cpp")

    def test_a_header_without_pragma_once(self):
        self.assert_flagged(
            'genstage/stage/a.hpp:1: pragma_once: begins with "#include <span>", '
            '"#pragma once" must be the first that is no comment',
            "#include <span>\n", "genstage/stage/a.hpp")

    def test_a_folder_called_utils(self):
        self.assert_flagged(
            'genstage/utils/a.cpp:1: name: "utils" says nothing, a name tells what is inside',
            "int a;\n", "genstage/utils/a.cpp")

    def test_a_file_in_camel_case(self):
        self.assert_flagged(
            'genstage/stage/myStage.cpp:1: name: "myStage.cpp", only snake_case is allowed',
            "int a;\n", "genstage/stage/myStage.cpp")

    def test_a_third_party_header_in_a_public_header(self):
        self.assert_flagged(
            "genstage/stage/a.hpp:3: third_party: includes fmt/format.h, "
            "a public header may include std and genstage only",
            HEADER + "#include <fmt/format.h>\n", "genstage/stage/a.hpp")

    def test_a_registry_address(self):
        host = "registry" + ".npmjs.org"
        self.assert_flagged(
            f"docs/guide.md:1: machine: names {host}, no registry's address is allowed",
            f"See {host}.\n", "docs/guide.md")

    def test_a_path_of_one_machine(self):
        path = "/ho" "me/ann/"
        self.assert_flagged(
            f"docs/guide.md:1: machine: names {path}, no path of one machine is allowed",
            f"See {path}notes.\n", "docs/guide.md")

    def test_a_resolved_address_in_a_lock_file(self):
        self.assert_flagged(
            "livesearch/web/package-lock.json:1: machine: "
            "a resolved address, a lock file must do without",
            '"resolved": "https://example.org/a.tgz"\n', "livesearch/web/package-lock.json")

    def test_work_left_over(self):
        word = "TO" "DO"
        self.assert_flagged(
            f"genstage/stage/sample.cpp:1: unfinished: {word}, "
            "work left over belongs into an issue",
            f"// {word}: think.\n")

    def test_a_sleep_in_a_unit_test(self):
        self.assert_flagged(
            "genstage/stage/a_test.cpp:1: real_time: "
            "this_thread::sleep_for, only an _acceptance_test.cpp may use real time",
            "auto a = [] { std::this_thread::sleep_for(1ms); };\n", "genstage/stage/a_test.cpp")

    def test_the_real_clock_in_a_simulation_test(self):
        self.assert_flagged(
            "genstage/stage/a_sim_test.cpp:1: real_time: "
            "steady_clock::now, only an _acceptance_test.cpp may use real time",
            "auto a = std::chrono::steady_clock::now();\n", "genstage/stage/a_sim_test.cpp")

    def test_a_banner(self):
        self.assert_flagged(
            "genstage/stage/sample.cpp:1: banner: a banner, a comment is sentences",
            "// ---------------- state\n")


class Coroutines(unittest.TestCase):
    def assert_dangerous(self, seen, statement):
        self.assertEqual(
            [f"genstage/stage/sample.cpp:2: coroutine: {seen} in a co_await expression, "
             "name it in a statement before"], findings(in_coroutine(statement)))

    def assert_fine(self, statement):
        self.assertEqual([], findings(in_coroutine(statement)))

    def test_an_aggregate_temporary_is_flagged(self):
        self.assert_dangerous(
            "the temporary get_count{...}", "auto n = co_await gs::call(ref, get_count{name});")

    def test_an_aggregate_beside_the_await_is_flagged(self):
        self.assert_dangerous("the temporary pair{...}", "use(pair{name}, co_await read());")

    def test_a_braced_argument_is_flagged(self):
        self.assert_dangerous("a braced temporary", "co_await fetch({.url = url});")

    def test_an_aggregate_over_several_lines_is_flagged(self):
        self.assert_dangerous(
            "the temporary options{...}", "co_await fetch(url,\n               options{.a = 1});")

    def test_a_lambda_that_captures_is_flagged(self):
        self.assert_dangerous(
            "a lambda that captures [name]", "co_await blocking([name] { return size(name); });")

    def test_a_conditional_is_flagged(self):
        self.assert_dangerous("a conditional", "co_await (late ? first() : second());")

    def test_what_is_named_before_is_fine(self):
        self.assert_fine("auto asked = gs::call(ref, get_count{name});\n"
                         "  auto n = co_await std::move(asked);")

    def test_a_lambda_without_captures_is_fine(self):
        self.assert_fine("co_await blocking([] { return 1; });")

    def test_an_index_is_fine(self):
        self.assert_fine("co_await waits[index].ready(a[0]);")

    def test_an_await_inside_a_capturing_lambda_is_fine(self):
        self.assert_fine("auto t = [name]() -> task<> { co_await read(name); };")

    def test_a_duration_is_fine(self):
        self.assert_fine("co_await gs::sleep(std::chrono::milliseconds{5});")

    def test_a_variable_initialised_by_the_awaited_is_fine(self):
        self.assert_fine("const std::string body{co_await read()};")

    def test_a_condition_is_a_statement_of_its_own(self):
        self.assert_fine("if (auto a = co_await read(); !a) {\n    use(pair{a});\n  }")

    def test_a_comment_or_a_string_is_no_code(self):
        self.assert_fine('co_await write("a{b} ? [c] {");  // pair{a} ?')


class Accepted(unittest.TestCase):
    def assert_clean(self, text, path="genstage/stage/sample.cpp"):
        self.assertEqual([], findings(text, path))

    def test_a_function_of_70_lines(self):
        self.assert_clean(function_of(70))

    def test_a_class_of_100_lines(self):
        self.assert_clean("class a {\n" + "  int b;\n" * 98 + "};\n")

    def test_a_namespace_of_100_lines_with_attributes(self):
        self.assert_clean("namespace a {\n" + "[[nodiscard]] int b();\n" * 98 + "}\n")

    def test_functions_that_follow_one_another(self):
        self.assert_clean(function_of(40) + function_of(40))

    def test_functions_with_default_arguments_that_follow_one_another(self):
        function = function_of(40).replace("walk()", "walk(int a = 1, b c = {})")
        self.assert_clean(function + function)

    def test_a_lower_layer(self):
        self.assert_clean("#include <genstage/core/error.hpp>\n#include <fmt/format.h>\n")

    def test_the_library_included_by_the_application(self):
        self.assert_clean("#include <genstage/genstage.hpp>\n", "livesearch/site/a.cpp")

    def test_the_simulation_driver_included_by_a_test(self):
        self.assert_clean(
            "#include <genstage/simulation/world.hpp>\n", "genstage/stage/a_sim_test.cpp")

    def test_a_third_party_header_of_an_optional_layer(self):
        self.assert_clean(HEADER + "#include <boost/asio.hpp>\n", "genstage/io/a.hpp")

    def test_a_sleep_in_an_acceptance_test(self):
        self.assert_clean("auto a = [] { sleep_for(1ms); };\n", "genstage/io/a_acceptance_test.cpp")

    def test_the_whole_library_included_by_a_test(self):
        self.assert_clean(
            "#include <genstage/genstage.hpp>\n", "genstage/application/compile_fail/a.cpp")

    def test_a_wait_in_virtual_time(self):
        self.assert_clean(
            "void a() { co_await gs::sleep_for(1ms); }\n", "genstage/io/a_sim_test.cpp")

    def test_a_path_that_every_machine_has(self):
        self.assert_clean("Licences are in /usr/share/common-licenses.\n", "docs/guide.md")


class Reading(unittest.TestCase):
    def test_strings_and_comments_become_spaces_of_the_same_length(self):
        source = 'f("a{", \'"\', 1\'000); // {\n/* { */ g(R"x({")x");\n'

        blanked = cpp_source.blank(source)

        self.assertEqual(len(source), len(blanked))
        self.assertEqual(source.count("\n"), blanked.count("\n"))
        self.assertNotIn("{", blanked)
        self.assertIn("1'000", blanked)

    def test_a_directive_over_several_lines_becomes_spaces(self):
        blanked = cpp_source.blank("#define A \\\n  {\nint a;\n")

        self.assertEqual(["", "", "int a;", ""], [line.strip() for line in blanked.split("\n")])


if __name__ == "__main__":
    unittest.main()
