// What a person asks of a conversion's routers with a text of his own. No torch in this header.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/run_control.h"
#include "events/token_routing.h"
#include "experts/forcing.h"
#include "pipeline/converted_model.h"

namespace dotmoe {

/// A text, as far as the context goes, and choices of the routers that are forced; their tokens count the
/// text's own, without a BOS. Continuing it: ConvertedModel::generate.
struct ForcedText {
    std::string text;
    std::vector<Forcing> forcings;
};

// Each throws UsageError for a dense model, for a token that the text has not and as check_forcings does;
// Error when the text gives no token.

/// The logits of one token's routers, and the experts it uses with the text's forcings.
TokenRouting route_token(const ConvertedModel& model, const ForcedText& text, std::int64_t token);

/// The text with its forcings against the text without.
ForcingEffect effect_of_forcings(const ConvertedModel& model, const ForcedText& text);

/// KL(dense || converted) in nats of the token that follows each token of the text, [T].
std::vector<double> token_divergences(const ConvertedModel& model, const std::string& text);

/// Cancelled between two layers.
LayerBlame blame_layers(const ConvertedModel& model, const std::string& text, std::int64_t token,
                        RunControl& control);

}  // namespace dotmoe
