#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/terminal_sink.h"
#include "app/cli/text_format.h"
#include "base/error.h"
#include "export/huggingface.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string project, format = "huggingface", routers = "exact", out, source;
};

ExportResult watched_export(const Options& options, Context& context) {
    RunControl control;
    TerminalSink sink;
    const Interrupt::Scope scope(context.interrupt, [&control] { control.request_stop(); });
    try {
        return export_huggingface(
            {options.project, options.source, options.out,
             options.routers == "portable" ? RouterScale::portable : RouterScale::exact},
            sink, control);
    } catch (const Cancelled&) {
        throw Interrupted("stopped; nothing was written");
    }
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(app, context, "export", "Write a conversion as a checkpoint that stock runtimes load.",
                    "dotmoe export converted --format huggingface --out SmolLM2-MoE");
    command->add_option("DIR", options->project, "The folder of a conversion")->required();
    command->add_option("--format", options->format, "huggingface")
        ->check(CLI::IsMember({"huggingface"}))
        ->type_name("NAME")
        ->capture_default_str();
    command
        ->add_option("--routers", options->routers,
                     "exact, or portable: still right when others make a GGUF of the files")
        ->check(CLI::IsMember({"exact", "portable"}))
        ->type_name("NAME")
        ->capture_default_str();
    command->add_option("--out", options->out, "Folder to make; new or empty")->required()->type_name("PATH");
    add_source_option(command, options->source);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        const auto result = watched_export(*options, context);
        if (context.json)
            return print_json({{"out", options->out},
                               {"architecture", result.architecture},
                               {"equivalence", result.equivalence},
                               {"router_factor", result.router_factor},
                               {"bytes", result.bytes}});
        std::cout << fmt::format("{}: {}, {}, {} weights\nCheck it: dotmoe verify {} --against {}\n",
                                 one_line(options->out), result.architecture,
                                 human_bytes(static_cast<double>(result.bytes)), result.equivalence,
                                 one_line(options->out), one_line(options->project));
    });
}

}  // namespace dotmoe::cli
