#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_sink.h"
#include "base/error.h"
#include "pipeline/answer_tasks.h"
#include "pipeline/converted_model.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model, source;
    std::vector<std::string> text, tasks;
    std::int64_t window = 0, limit = 8, questions = 200;
};

/// The parts of the answer, one below the other, or as members of one JSON object.
struct Report {
    std::string table;
    nlohmann::json json = nlohmann::json::object();

    void add(const std::string& part) { table += (table.empty() ? "" : "\n") + part; }
};

void evaluate(const Options& options, const Context& context) {
    if (options.text.empty() && options.tasks.empty())
        fail_usage("there is nothing to judge by: give --text, --tasks or both");
    set_thread_count(context.threads);
    const auto model =
        ConvertedModel::open(options.model, context.device_choice(), optional_path(options.source));
    TerminalSink sink;
    Report report;
    if (!options.text.empty()) {
        const auto metrics = model.evaluate(to_paths(options.text), options.window, options.limit, sink);
        report.json = metrics;
        report.add(format_table(metrics));
    }
    if (!options.tasks.empty()) {
        const auto tasks = answer_tasks(model, to_paths(options.tasks), options.questions, sink);
        report.json["tasks"] = tasks;
        report.add(format_table(tasks));
    }
    if (context.json) return print_json(report.json);
    std::cout << report.table;
}

}  // namespace

void add_eval(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command =
        add_command(app, context, "eval", "Judge a model or a conversion on held-out text and on questions.",
                    "dotmoe eval converted --text texts/ --limit 16\n  dotmoe eval converted --tasks "
                    "tasks/piqa tasks/sciq");
    command->add_option("MODEL|DIR", options->model, "A GGUF file, or the folder of a conversion")
        ->required();
    command->add_option("--text", options->text, "Text files and folders")->type_name("PATH");
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
    command
        ->add_option("--tasks", options->tasks,
                     "Folders of multiple-choice tasks: a requests.jsonl or requests.jsonl.gz in each")
        ->type_name("DIR");
    command
        ->add_option("--questions", options->questions,
                     "Questions a task, the first of its file in order; 0: all of them")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
    add_source_option(command, options->source);
    command->callback([options, &context] { evaluate(*options, context); });
}

}  // namespace dotmoe::cli
