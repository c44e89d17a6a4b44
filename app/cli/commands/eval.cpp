#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_sink.h"
#include "pipeline/converted_model.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model, source;
    std::vector<std::string> text;
    std::int64_t window = 0, limit = 8;
};

}  // namespace

void add_eval(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "eval", "Judge a model or a conversion on held-out text.",
                                "dotmoe eval converted --text texts/ --limit 16");
    command->add_option("MODEL|DIR", options->model, "A GGUF file, or the folder of a conversion")
        ->required();
    command->add_option("--text", options->text, "Text files and folders")->required()->type_name("PATH");
    command
        ->add_option("--limit", options->limit,
                     "Windows of held-out documents, as convert chooses them; 0: all of the text")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
    command
        ->add_option("--window", options->window,
                     "Tokens a window; 0: as the conversion's recipe says, else 512")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
    add_source_option(command, options->source);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        const auto model =
            ConvertedModel::open(options->model, context.device_choice(), optional_path(options->source));
        TerminalSink sink;
        const auto metrics = model.evaluate(to_paths(options->text), options->window, options->limit, sink);
        if (context.json) return print_json(metrics);
        std::cout << format_table(metrics);
    });
}

}  // namespace dotmoe::cli
