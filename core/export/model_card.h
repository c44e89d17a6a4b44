// README.md of an export: what the model is and how it was made, for people who find it without us.
#pragma once

#include <optional>
#include <string>

#include "experts/project.h"
#include "export/export_plan.h"
#include "pipeline/metrics.h"

namespace dotmoe {

struct ModelCard {
    std::string name, license;       ///< of the source, as its GGUF says; empty when it does not
    std::optional<Metrics> metrics;  ///< of the conversion, where it was judged
};

/// Name and licence from the source model, figures from the conversion's metrics.json where there is one.
ModelCard read_model_card(const std::filesystem::path& source, const std::filesystem::path& project);

std::string model_card_text(const ModelCard& card, const Project& project, const Model& model,
                            const ExportPlan& plan);

}  // namespace dotmoe
