#include <fmt/format.h>

#include <cmath>
#include <iostream>
#include <memory>

#include "app/cli/command.h"
#include "app/cli/terminal_sink.h"
#include "app/cli/text_format.h"
#include "base/error.h"
#include "pipeline/profile_experts.h"

namespace dotmoe::cli {
namespace {

struct Options {
    std::string project, source;
    std::vector<std::string> text;
    std::int64_t window = 0, limit = 4;
    int layer = 0;
    std::optional<int> expert;
};

/// [rows, E] flat, as nested arrays; NaN becomes null.
nlohmann::json nested(const std::vector<float>& values, int experts) {
    auto rows = nlohmann::json::array();
    for (auto value = values.begin(); value != values.end(); value += experts)
        rows.push_back(std::vector<float>(value, value + experts));
    return rows;
}

nlohmann::json to_json(const ExpertProfile& profile) {
    nlohmann::json json{{"layer", profile.layer},
                        {"experts", profile.experts},
                        {"active", profile.active},
                        {"domains", profile.domains},
                        {"domain_tokens", profile.domain_tokens},
                        {"tokens", profile.tokens},
                        {"load", profile.load},
                        {"affinity", nested(profile.affinity, profile.experts)},
                        {"domain_entropy", profile.domain_entropy},
                        {"domains_entropy", profile.domains_entropy},
                        {"load_entropy", profile.load_entropy},
                        {"router_entropy", profile.router_entropy},
                        {"correlation", nested(profile.correlation, profile.experts)},
                        {"top", nlohmann::json::array()}};
    for (const auto& tokens : profile.top) {
        auto& expert = json["top"].emplace_back(nlohmann::json::array());
        for (const auto& [before, token, after, domain, probability] : tokens)
            expert.push_back({{"before", before},
                              {"token", token},
                              {"after", after},
                              {"domain", profile.domains[static_cast<std::size_t>(domain)]},
                              {"probability", probability}});
    }
    return json;
}

std::string describe_expert(const ExpertProfile& profile, int expert) {
    const auto e = static_cast<std::size_t>(expert);
    auto text = fmt::format("{:>6} {:>7} {:>6.2f}", expert, profile.tokens[e], profile.load[e]);
    const auto domain = favourite_domain(profile, expert);
    if (!domain) return text + "   dead\n";
    text += fmt::format("   {:<16} {:>3.0f} % ({:.2f} x) {:>6.2f}",
                        one_line(profile.domains[static_cast<std::size_t>(*domain)]),
                        100 * domain_share(profile, *domain, expert),
                        profile.affinity[cell_of(profile, *domain, expert)], profile.domain_entropy[e]);
    if (const auto other = most_alike(profile, expert))
        text +=
            fmt::format("   {:>4} ({:+.2f})", *other, profile.correlation[cell_of(profile, expert, *other)]);
    return text + '\n';
}

std::string describe_layer(const ExpertProfile& profile) {
    auto text = fmt::format(
        "layer {}: {} experts, {} a token; {:.2f} bits of a token's router, {:.2f} of the load (even: "
        "{:.2f})\n{:>6} {:>7} {:>6}   {:<29} {:>6}   {}\n",
        profile.layer, profile.experts, profile.active, profile.router_entropy, profile.load_entropy,
        std::log2(profile.experts), "expert", "tokens", "load", "favourite domain", "bits",
        "chosen together with");
    for (int expert = 0; expert < profile.experts; ++expert) text += describe_expert(profile, expert);
    return text;
}

std::string describe_tokens(const ExpertProfile& profile, int expert) {
    std::string text = "\n";
    for (const auto& [before, token, after, domain, probability] :
         profile.top[static_cast<std::size_t>(expert)])
        text += fmt::format("  {:.3f} {:<10} {}[{}]{}\n", probability,
                            one_line(profile.domains[static_cast<std::size_t>(domain)]), one_line(before),
                            one_line(token), one_line(after));
    return text;
}

std::shared_ptr<const ExpertProfile> profile_of(const Options& options, const Context& context) {
    set_thread_count(context.threads);
    const auto model =
        ConvertedModel::open(options.project, context.device_choice(), optional_path(options.source));
    TerminalSink sink;
    RunControl control;  // no one stops it: there is nothing to keep
    std::shared_ptr<const ExpertProfile> found;
    const auto keep = [&](const std::shared_ptr<const ExpertProfile>& profile) {
        // Before the long work.
        if (options.layer < 0 || options.layer >= profile->layers)
            fail_usage("--layer {}: the model has layers 0 to {}", options.layer, profile->layers - 1);
        if (profile->layer == options.layer) found = profile;
        return found == nullptr;
    };
    profile_experts(model, {to_paths(options.text), options.window, options.limit}, sink, control, keep);
    if (found->experts == 0) fail("layer {} is still dense and has no experts", options.layer);
    if (options.expert && (*options.expert < 0 || *options.expert >= found->experts))
        fail_usage("--expert {}: the layer has experts 0 to {}", *options.expert, found->experts - 1);
    return found;
}

}  // namespace

void add_experts(CLI::App& app, Context& context) {
    const auto options = std::make_shared<Options>();
    auto* command = add_command(app, context, "experts", "Show what each expert of a layer is for.",
                                "dotmoe experts converted --text texts/ --layer 3 --expert 7");
    command->add_option("DIR", options->project, "The folder of a conversion")->required();
    command->add_option("--text", options->text, "Text files and folders; each source is a domain")
        ->required()
        ->type_name("PATH");
    command->add_option("--layer", options->layer, "The layer")->type_name("L")->capture_default_str();
    command
        ->add_option("--expert", options->expert,
                     "Also the tokens that this expert is most probable for (--json always has all)")
        ->type_name("E");
    command
        ->add_option("--limit", options->limit,
                     "Windows of held-out documents of each source; 0: all of the text")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
    command->add_option("--window", options->window, "Tokens a window; 0: as the conversion's recipe says")
        ->check(CLI::NonNegativeNumber)
        ->type_name("N")
        ->capture_default_str();
    add_source_option(command, options->source);
    command->callback([options, &context] {
        const auto profile = profile_of(*options, context);
        if (context.json) return print_json(to_json(*profile));
        std::cout << describe_layer(*profile);
        if (options->expert) std::cout << describe_tokens(*profile, *options->expert);
    });
}

}  // namespace dotmoe::cli
