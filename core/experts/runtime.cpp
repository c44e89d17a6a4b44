#include "experts/runtime.h"

#include "experts/forced_weights.h"

namespace dotmoe {
namespace {

std::vector<MoeFeedForward> pack_layers(const Weights& weights, const ExpertSet* experts,
                                        WeightFormat format) {
    std::vector<MoeFeedForward> layers;
    layers.reserve(weights.layers.size());
    for (std::size_t l = 0; l < weights.layers.size(); ++l) {
        if (experts != nullptr && experts->layers.at(l).owner.defined())
            layers.emplace_back(weights.layers[l], experts->layers[l], experts->layout, format);
        else
            layers.emplace_back(weights.layers[l], format);
    }
    return layers;
}

}  // namespace

Runtime::Runtime(const ModelConfig& config, const Weights& weights, const ExpertSet* experts,
                 WeightFormat format)
    : transformer_(std::make_shared<PackedTransformer>(config, weights, format)),
      layers_(pack_layers(weights, experts, format)) {}

Runtime::Runtime(const Runtime& other, const Weights& weights, const ExpertSet* experts, WeightFormat format)
    : transformer_(other.transformer_), layers_(pack_layers(weights, experts, format)) {}

at::Tensor Runtime::hidden(const at::Tensor& tokens, KvCache& cache,
                           const std::vector<Forcing>& forcings) const {
    return transformer_->hidden({{tokens, &cache}}, [&, first = cache.length()](const float* x,
                                                                                std::int64_t count, float* y,
                                                                                std::int64_t layer) {
        layers_[static_cast<std::size_t>(layer)](x, {count}, y, forcings_of(forcings, layer, first, count));
    });
}

at::Tensor Runtime::hidden(const std::vector<TextPart>& parts) const {
    std::vector<std::int64_t> rows;
    for (const auto& part : parts) rows.push_back(part.tokens.size(0));
    return transformer_->hidden(parts,
                                [&](const float* x, std::int64_t /*tokens*/, float* y, std::int64_t layer) {
                                    layers_[static_cast<std::size_t>(layer)](x, rows, y);
                                });
}

NextLogits Runtime::start_text(std::vector<Forcing> forcings) const {
    return [this, cache = std::make_shared<KvCache>(),
            forcings = std::move(forcings)](const at::Tensor& tokens) {
        return logits(hidden(tokens, *cache, forcings).narrow(0, -1, 1)).squeeze(0);
    };
}

NextLogitsOfTexts Runtime::start_texts(std::size_t count) const {
    return [this, caches = std::make_shared<std::vector<KvCache>>(count)](const auto& texts) {
        std::vector<TextPart> parts;
        std::vector<std::int64_t> last;
        std::int64_t rows = 0;
        for (const auto& [text, tokens] : texts) {
            parts.push_back({tokens, &caches->at(text)});
            rows += tokens.size(0);
            last.push_back(rows - 1);
        }
        return logits(hidden(parts).index_select(0, at::tensor(last, at::kLong)));
    };
}

std::int64_t Runtime::bytes_per_token() const {
    auto bytes = transformer_->bytes_per_token();
    for (const auto& layer : layers_) bytes += layer.bytes_per_token();
    return bytes;
}

}  // namespace dotmoe
