// config.json and generation_config.json of an export, for transformers 4.57 and 5.
#pragma once

#include <nlohmann/json.hpp>

#include "export/export_plan.h"

namespace dotmoe {

nlohmann::ordered_json config_json(const Model& model, const ExportPlan& plan);
nlohmann::ordered_json generation_config_json(const Vocabulary& vocabulary);

}  // namespace dotmoe
