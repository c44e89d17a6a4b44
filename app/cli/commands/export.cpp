#include "export/export.h"

#include <fmt/format.h>

#include <iostream>
#include <map>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/interrupt.h"
#include "app/cli/terminal_sink.h"
#include "app/cli/text_format.h"
#include "base/error.h"

namespace dotmoe::cli {
namespace {

const std::map<std::string, ExportFormat> formats{{"huggingface", ExportFormat::huggingface},
                                                  {"gguf", ExportFormat::gguf}};
const std::map<std::string, NumberFormat> number_formats{{"f32", NumberFormat::f32},
                                                         {"f16", NumberFormat::f16},
                                                         {"bf16", NumberFormat::bf16},
                                                         {"q8_0", NumberFormat::q8_0},
                                                         {"q4_k", NumberFormat::q4_k}};

struct Options {
    std::string project, format = "huggingface", routers = "exact", numbers = "f32", architecture, out,
                         source;
    std::int64_t shard_megabytes = 2000;
    bool unchecked = false;
};

ExportRequest request_of(const Options& options) {
    ExportRequest request;
    request.project = options.project;
    request.source = options.source;
    request.out = options.out;
    request.format = formats.at(options.format);
    request.architecture = options.architecture;
    request.routers = options.routers == "portable" ? RouterScale::portable : RouterScale::exact;
    request.numbers = number_formats.at(options.numbers);
    request.shard_bytes = options.shard_megabytes * 1'000'000;
    request.check = !options.unchecked;
    return request;
}

ExportResult watched_export(const Options& options, Context& context) {
    RunControl control;
    TerminalSink sink;
    const Interrupt::Scope scope(context.interrupt, [&control] { control.request_stop(); });
    try {
        return export_model(request_of(options), sink, control);
    } catch (const Cancelled&) {
        throw Interrupted("stopped; nothing was written");
    }
}

std::string describe(const ExportResult& result, const Options& options) {
    auto text = fmt::format("{}: {}, {}, {} weights\nWhy: {}\n", one_line(options.out), result.architecture,
                            human_bytes(static_cast<double>(result.bytes)), result.equivalence,
                            one_line(result.reason));
    if (!result.note.empty()) text += fmt::format("Note: {}\n", result.note);
    return text + fmt::format("Check it anywhere: dotmoe verify {}\n", one_line(options.out));
}

std::string names_of(ExportFormat format) {
    return fmt::format("{}", fmt::join(architecture_names(format), ", "));
}

}  // namespace

void add_export(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(app, context, "export", "Write a conversion as a checkpoint that stock runtimes load.",
                    "dotmoe export converted --format gguf --dtype q8_0 --out SmolLM2-MoE.gguf");
    command->add_option("DIR", options->project, "The folder of a conversion")->required();
    command->add_option("--format", options->format, "huggingface: a folder; gguf: one file, for llama.cpp")
        ->check(CLI::IsMember(formats))
        ->type_name("NAME")
        ->capture_default_str();
    command
        ->add_option("--architecture", options->architecture,
                     fmt::format("Else the best that holds the conversion.\nhuggingface: {}\ngguf: {}",
                                 names_of(ExportFormat::huggingface), names_of(ExportFormat::gguf)))
        ->type_name("NAME");
    command
        ->add_option("--dtype", options->numbers,
                     "Of the matrices: f32, f16, bf16, in a GGUF also q8_0 and q4_k; routers stay f32")
        ->check(CLI::IsMember(number_formats))
        ->type_name("NAME")
        ->capture_default_str();
    command
        ->add_option("--shard-size", options->shard_megabytes,
                     "Megabytes of a safetensors file; more weights are cut into several")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("MB")
        ->capture_default_str();
    command
        ->add_option("--routers", options->routers,
                     "exact, or portable: still right when others make a GGUF of the files")
        ->check(CLI::IsMember({"exact", "portable"}))
        ->type_name("NAME")
        ->capture_default_str();
    command->add_option("--out", options->out, "Folder to make, new or empty; of a GGUF, the file")
        ->required()
        ->type_name("PATH");
    command->add_flag("--no-check", options->unchecked,
                      "Do not compare with the conversion first; there will be no receipt");
    add_source_option(command, options->source);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        const auto result = watched_export(*options, context);
        if (context.json)
            return print_json({{"out", options->out},
                               {"architecture", result.architecture},
                               {"reason", result.reason},
                               {"equivalence", result.equivalence},
                               {"router_factor", result.router_factor},
                               {"note", result.note},
                               {"bytes", result.bytes}});
        std::cout << describe(result, *options);
    });
}

}  // namespace dotmoe::cli
