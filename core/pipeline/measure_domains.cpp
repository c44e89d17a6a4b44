#include "pipeline/measure_domains.h"

#include <fmt/format.h>

#include <algorithm>

#include "align/activations.h"
#include "base/error.h"
#include "evaluate/layers.h"
#include "evaluate/specialisation.h"
#include "experts/masked_ffn.h"
#include "pipeline/evaluation_text.h"
#include "pipeline/progress_events.h"

namespace dotmoe {
namespace {

std::vector<std::vector<std::int64_t>> rows_of(const at::Tensor& counts) {
    std::vector<std::vector<std::int64_t>> rows;
    for (const auto& row : counts.to(at::kLong).unbind()) {
        const auto plain = row.contiguous();
        rows.emplace_back(plain.const_data_ptr<std::int64_t>(),
                          plain.const_data_ptr<std::int64_t>() + plain.numel());
    }
    return rows;
}

const std::string& domain_of(const DomainFigures& figures, const LayerDomains& layer) {
    return figures.domains[static_cast<std::size_t>(layer.specialisation.domain)];
}

}  // namespace

DomainFigures measure_domains(const ConvertedModel& model, const TextRequest& request, EventSink& events) {
    const auto& dense = *model.model();
    if (!model.converted())
        fail_usage("{}: is a dense model and has no experts; convert it first", dense.path.string());
    const auto& experts = *model.experts();
    const auto text = load_text_of_each_source(request, model.recipe(), dense);
    const auto domains = std::ssize(text.sources);
    if (domains < 2)
        fail("{}: is the only source of text; domains are told apart by two folders or files at least",
             text.sources[0]);

    DomainFigures figures{text.sources, {}, 0, {}};
    for (std::int64_t domain = 0; domain < domains; ++domain)
        figures.windows.push_back(std::ranges::count(text.source, domain));
    figures.entropy = entropy(at::tensor(figures.windows, at::kLong));

    const Transformer transformer(dense.config, dense.weights);
    const auto ffn = converted_feed_forward(dense.weights, experts);
    const auto progress = progress_of(events, "domains", "layers", std::ssize(experts.layers));
    ActivationStream stream(transformer, text.windows);
    for (const auto& layer : experts.layers) {
        stream.attend();
        const auto counts =
            tokens_a_window(stream.feed_forward_inputs(), layer.router, experts.layout, text.windows.size(1));
        figures.layers.push_back({specialisation(counts, text.source, domains),
                                  rows_of(counts_by_domain(counts, text.source, domains))});
        stream.advance(ffn);
        progress(std::ssize(figures.layers));
    }
    return figures;
}

void to_json(nlohmann::json& json, const DomainFigures& figures) {
    json = {{"domains", figures.domains}, {"windows", figures.windows}, {"entropy", figures.entropy}};
    for (const auto& layer : figures.layers) {
        const auto& found = layer.specialisation;
        json["layers"].push_back({{"bits", found.bits},
                                  {"by_chance", found.by_chance},
                                  {"share", found.share},
                                  {"expert", found.expert},
                                  {"domain", domain_of(figures, layer)},
                                  {"expert_share", found.expert_share},
                                  {"tokens", layer.tokens}});
    }
}

std::string format_table(const DomainFigures& figures) {
    auto text =
        fmt::format("domains: {} ({} windows), {:.2f} bits\n\n{:>5} {:>15} {:>12}   {}\n",
                    fmt::join(figures.domains, ", "), fmt::join(figures.windows, ", "), figures.entropy,
                    "layer", "I(domain; expert)", "of the bits", "most specialised expert");
    for (std::size_t l = 0; l < figures.layers.size(); ++l) {
        const auto& found = figures.layers[l].specialisation;
        text += fmt::format("{:>5} {:>12.4f} bits {:>10.1f} %   {}: {:.0f} % of its tokens are {}\n", l,
                            found.bits, 100 * found.share, found.expert, 100 * found.expert_share,
                            domain_of(figures, figures.layers[l]));
    }
    return text;
}

}  // namespace dotmoe
