// One conversion with more or fewer experts a token, as it is. No torch in this header.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "evaluate/figures.h"
#include "events/event.h"
#include "pipeline/converted_model.h"

namespace dotmoe {

/// The conversion at one k.
struct DialPoint {
    std::int64_t active = 0;         ///< k
    double active_neuron_share = 0;  ///< (S + k C) / N
    double active_parameters = 0;    ///< weights a token uses, routers included
    Quality quality;                 ///< against the dense model
};

/// The converted model judged on the same text at each k of `active`, without training it anew
/// (ConvertedModel::with_active): its routers were trained for the recipe's k. Throws UsageError for a dense
/// model, and where a k is not in 1..E; Cancelled between two windows.
std::vector<DialPoint> turn_dial(const ConvertedModel& model, const std::vector<std::int64_t>& active,
                                 const TextRequest& request, EventSink& events, RunControl& control);

void to_json(nlohmann::json& json, const DialPoint& point);
void from_json(const nlohmann::json& json, DialPoint& point);

/// A line a k; the one of the recipe is marked.
std::string format_table(const std::vector<DialPoint>& points, std::int64_t trained);

}  // namespace dotmoe
