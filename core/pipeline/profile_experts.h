// What each expert of a conversion is for: its tokens, its domains, those it is chosen together with. No
// torch in this header.
#pragma once

#include <functional>
#include <memory>

#include "base/run_control.h"
#include "events/event.h"
#include "events/expert_profile.h"
#include "pipeline/converted_model.h"

namespace dotmoe {

/// The converted model reads request.limit windows of held-out documents of each source of the text (0: all
/// of the text), once, layer by layer. on_layer is called on the calling thread with each layer's experts as
/// soon as they are known, and returns whether to go on. Throws UsageError for a dense model, Error as
/// load_corpus does; Cancelled within a layer.
void profile_experts(const ConvertedModel& model, const TextRequest& request, EventSink& events,
                     RunControl& control,
                     const std::function<bool(const std::shared_ptr<const ExpertProfile>&)>& on_layer);

}  // namespace dotmoe
