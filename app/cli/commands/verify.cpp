#include "export/verify.h"

#include <fmt/format.h>

#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/text_format.h"
#include "base/error.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string exported, project, source;
};

std::string describe(const Receipt& receipt) {
    const auto& figures = receipt.figures;
    const auto& bounds = receipt.bounds;
    return fmt::format(
        "{}, {} weights in {}, {} tokens compared\n"
        "  all experts on, against dense   {:.1e}  (at most {:.1e})\n"
        "  forced to the export's routes   {:.1e}  (at most {:.1e})\n"
        "  same experts chosen             {:.2f} %  (at least {:.2f} %)\n"
        "  exact ties at the k-th place    {}\n"
        "{}: {}\n",
        one_line(receipt.architecture), figures.equivalence, one_line(figures.numbers), figures.sample.size(),
        figures.all_experts_difference, bounds.all_experts, figures.forced_difference, bounds.forced,
        100 * figures.same_experts, 100 * bounds.same_experts, figures.exact_ties,
        receipt.passed ? "passed" : "failed", one_line(receipt.verdict));
}

}  // namespace

void add_verify(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "verify",
                                "Reload an export and compare it with its conversion, or with its receipt.",
                                "dotmoe verify SmolLM2-MoE --against converted");
    command->add_option("PATH", options->exported, "The export: a folder, or a GGUF file")->required();
    command
        ->add_option("--against", options->project,
                     "The conversion it was made from; else the receipt beside the export")
        ->type_name("DIR");
    add_source_option(command, options->source);
    command->callback([options, &context] {
        set_thread_count(context.threads);
        const auto receipt = options->project.empty()
                                 ? verify_receipt(options->exported)
                                 : verify_export(options->exported, options->project, options->source);
        if (context.json)
            print_json(receipt);
        else
            std::cout << describe(receipt);
        if (!receipt.passed) throw Refuted(receipt.verdict);
    });
}

}  // namespace dotmoe::cli
