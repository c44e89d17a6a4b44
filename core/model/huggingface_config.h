// config.json of a Hugging Face folder as the shape of a model.
#pragma once

#include "formats/json_fields.h"
#include "model/config.h"

namespace dotmoe {

/// Untrusted input. Throws Error naming the file and the key when one is missing or out of range, and when
/// the model cannot be converted: an encoder, a mixture already, an FFN without a gate, an unknown
/// RoPE scaling, an unknown family; the message says what it is and what is needed.
ModelConfig read_huggingface_config(const JsonFields& json);

/// Throws Error where config.json says that the weights are quantised.
void refuse_quantised(const JsonFields& json);

/// What can be said of a model that is refused; 0 where it does not say.
ModelConfig describe_huggingface_config(const JsonFields& json);

}  // namespace dotmoe
