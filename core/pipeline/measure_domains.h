// Which experts of a conversion belong to which source of text. No torch in this header.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "evaluate/figures.h"
#include "events/event.h"
#include "pipeline/converted_model.h"

namespace dotmoe {

struct LayerDomains {
    Specialisation specialisation;
    std::vector<std::vector<std::int64_t>> tokens;  ///< [domains][E]: tokens of a domain that go to an expert
};

struct DomainFigures {
    std::vector<std::string> domains;   ///< names of the sources (text/sources.h)
    std::vector<std::int64_t> windows;  ///< of each domain
    double entropy = 0;                 ///< H(domain), bits
    std::vector<LayerDomains> layers;
};

/// The converted model reads the text, each source of which is a domain; request.limit windows of held-out
/// documents of each are taken (0: all of the text). Throws UsageError for a dense model, Error when the text
/// has one source only.
DomainFigures measure_domains(const ConvertedModel& model, const TextRequest& request, EventSink& events);

/// JSON: domains, windows, entropy, and for each layer bits, by_chance, share, expert, domain (its name),
/// expert_share and tokens.
void to_json(nlohmann::json& json, const DomainFigures& figures);

/// A line a layer: bits, their share of the domain's entropy, and the most specialised expert.
std::string format_table(const DomainFigures& figures);

}  // namespace dotmoe
