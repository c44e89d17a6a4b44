// Which experts each token of a text is sent to.
#pragma once

#include <string>

#include "events/snapshot.h"
#include "experts/expert_set.h"
#include "model/load.h"

namespace dotmoe {

/// One text through the converted model, as far as the model's context goes. Throws Error when the text gives
/// no token.
RoutingSnapshot trace_routing(const Model& model, const ExpertSet& experts, const std::string& text);

}  // namespace dotmoe
