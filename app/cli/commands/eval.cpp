#include <iostream>
#include <memory>
#include <optional>

#include "app/cli/command.h"
#include "app/cli/terminal_sink.h"
#include "base/error.h"
#include "pipeline/answer_tasks.h"
#include "pipeline/converted_model.h"
#include "pipeline/measure_domains.h"
#include "pipeline/sparsity_dial.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string model, source;
    std::vector<std::string> text;
    std::int64_t window = 0, limit = 8, stride = 0;
    TaskOptions tasks;
    std::vector<std::int64_t> active;
    bool domains = false;

    TextRequest text_request() const { return {to_paths(text), window, limit, stride}; }
};

/// The parts of the answer, one below the other, or as members of one JSON object.
struct Report {
    std::string table;
    nlohmann::json json = nlohmann::json::object();

    void add(const std::string& part) { table += (table.empty() ? "" : "\n") + part; }
};

void evaluate(const Options& options, const Context& context) {
    if (options.text.empty() && options.tasks.folders.empty())
        fail_usage("there is nothing to judge by: give --text, --tasks or both");
    if (options.domains && options.text.empty()) fail_usage("--domains are those of a --text: give one");
    if (!options.active.empty() && options.text.empty())
        fail_usage("--active is judged on a --text: give one");
    set_thread_count(context.threads);
    const auto model =
        ConvertedModel::open(options.model, context.device_choice(), optional_path(options.source));
    TerminalSink sink;
    RunControl control;  // no one stops it: there is nothing to keep
    Report report;
    // What may be refused comes before the long work.
    const auto tasks = read_tasks(to_paths(options.tasks.folders), options.tasks.questions);
    std::optional<DomainFigures> domains;
    if (options.domains) domains = measure_domains(model, options.text_request(), sink);
    std::vector<DialPoint> dial;
    if (!options.active.empty())
        dial = turn_dial(model, options.active, options.text_request(), sink, control);
    if (!options.text.empty()) {
        const auto metrics = model.evaluate(options.text_request(), sink);
        report.json = metrics;
        report.add(format_table(metrics));
    }
    if (!dial.empty()) {
        report.json["active"] = dial;
        report.add(format_table(dial, model.recipe().layout.active));
    }
    if (domains) {
        report.json["domains"] = *domains;
        report.add(format_table(*domains));
    }
    if (!tasks.empty()) {
        const auto figures = answer_tasks(model, tasks, sink, control);
        report.json["tasks"] = figures;
        report.add(format_table(figures));
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
    command->add_option("MODEL|DIR", options->model, "A GGUF file, a Hugging Face folder, or a conversion's")
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
        ->add_option("--stride", options->stride,
                     "Windows overlap, and only the last N tokens of each are scored; 0: no overlap, all are")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
    command
        ->add_option("--active", options->active,
                     "Also the conversion with so many experts a token, as it is: 4 8 12 24")
        ->type_name("K");
    command->add_flag("--domains", options->domains,
                      "Also which experts belong to which source of text, on --limit windows of each");
    options->tasks.add_to(*command);
    add_source_option(command, options->source);
    command->callback([options, &context] { evaluate(*options, context); });
}

}  // namespace dotmoe::cli
