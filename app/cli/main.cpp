// dotmoe: the product without a display.
#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <memory>
#include <new>
#include <string>
#include <string_view>

#include "app/cli/command.h"
#include "app/cli/help_format.h"
#include "app/cli/interrupt.h"
#include "app/cli/text_format.h"
#include "base/error.h"
#include "base/system.h"

namespace dotmoe::cli {
namespace {

enum ExitCode { done = 0, failed = 1, wrong_usage = 2, interrupted = 130 };

/// One line on stderr, whatever went wrong.
void report(std::string_view message, bool json) {
    const auto line = one_line(message);
    fmt::print(stderr, "dotmoe: {}\n", line);
    if (!json) return;
    print_json({{"error", line}});
    std::cout.flush();
}

void add_all_commands(CLI::App& app, Context& context) {
    add_inspect(app, context);
    add_plan(app, context);
    add_convert(app, context);
    add_compare(app, context);
    add_sweep(app, context);
    add_eval(app, context);
    add_generate(app, context);
    add_route(app, context);
    add_experts(app, context);
    add_export(app, context);
    add_verify(app, context);
    add_bench(app, context);
}

/// libtorch's messages carry a stack below their first line.
std::string_view first_line(std::string_view message) {
    return message.substr(0, message.find('\n'));
}

std::string usage_message(const CLI::App& app, const CLI::ParseError& error) {
    const auto chosen = app.get_subcommands();
    if (const auto rest = app.remaining(); chosen.empty() && !rest.empty())
        return fmt::format("'{}' is no command; see dotmoe --help", rest.front());
    return fmt::format("{}; see dotmoe {}--help", error.what(),
                       chosen.empty() ? "" : chosen[0]->get_name() + " ");
}

/// Parses the command line and runs its command, which happens inside parse().
int run(CLI::App& app, int argc, char** argv, bool json) {
    try {
        app.parse(argc, argv);
        if (!std::cout.flush()) fail("standard output cannot be written");
        return done;
    } catch (const CLI::Success& help_or_version) {
        return app.exit(help_or_version);
    } catch (const CLI::ParseError& error) {
        report(usage_message(app, error), json);
        return wrong_usage;
    } catch (const UsageError& error) {
        report(error.what(), json);
        return wrong_usage;
    } catch (const Interrupted& stop) {
        report(stop.what(), json);
        return interrupted;
    } catch (const Refuted& verdict) {
        report(verdict.what(), false);
    } catch (const std::bad_alloc&) {
        report("not enough memory; dotmoe plan says how much a recipe needs", json);
    } catch (const Error& error) {
        report(error.what(), json);
    } catch (const std::exception& error) {
        report(first_line(error.what()), json);
    }
    return failed;
}

}  // namespace
}  // namespace dotmoe::cli

int main(int argc, char** argv) {
    using namespace dotmoe::cli;
    // Known before parsing: a command line that can't be parsed answers in JSON too.
    const bool json = std::find(argv + 1, argv + argc, std::string_view("--json")) != argv + argc;
    Interrupt interrupt([json] { report("interrupted", json); });
    Context context{interrupt};

    CLI::App app("Turn a dense language model into a mixture of experts.", "dotmoe");
    app.set_version_flag("--version", fmt::format("dotmoe {}", dotmoe::version()));
    app.require_subcommand(1);
    app.formatter(std::make_shared<HelpFormat>());  // the commands inherit it
    app.footer(
        "Example:\n  dotmoe convert model.gguf --text texts/ --out converted\n\n"
        "Exit codes: 0 done, 1 failed, 2 wrong usage, 130 interrupted.");
    add_all_commands(app, context);
    return run(app, argc, argv, json);
}
