#include "pipeline/routing_questions.h"

#include <ATen/core/grad_mode.h>

#include <algorithm>

#include "base/error.h"
#include "evaluate/residual_stream.h"
#include "experts/forced_weights.h"
#include "experts/masked_ffn.h"
#include "experts/router.h"
#include "model/load.h"
#include "text/prompt.h"
#include "text/utf8.h"

namespace dotmoe {
namespace {

constexpr std::int64_t positions_a_chunk = 256;  // logits that exist at once

struct Question {
    Transformer transformer;
    at::Tensor tokens;              ///< [1, T]
    std::int64_t first;             ///< of the text's own
    std::vector<Forcing> forcings;  ///< by position in `tokens`
};

Question pose(const ConvertedModel& model, const ForcedText& text) {
    const auto& [path, config, weights, tokenizer, compute] = *model.model();
    if (!model.converted())
        fail_usage("{}: is a dense model and has no router; convert it first", path.string());
    auto [ids, first] = encode_prompt(*tokenizer, text.text);
    if (std::ssize(ids) == first) fail("the text gives no token; type something");
    ids.resize(std::min(ids.size(), static_cast<std::size_t>(config.context)));
    check_forcings(text.forcings, *model.experts(), std::ssize(ids) - first);
    Question question{.transformer = Transformer(config, weights),
                      .tokens = at::tensor(ids, at::kLong).unsqueeze(0).to(compute.device),
                      .first = first,
                      .forcings = text.forcings};
    for (auto& forcing : question.forcings) forcing.token += first;
    return question;
}

std::int64_t position_of(const Question& question, std::int64_t token) {
    const auto position = question.first + token;
    if (token < 0 || position >= question.tokens.size(1))
        fail_usage("there is no token {}: the text has {}", token, question.tokens.size(1) - question.first);
    return position;
}

Transformer dense_of(const ConvertedModel& model) {
    return {model.dense()->config, model.dense()->weights};
}

/// [L, ..] of the layers' values for one token.
template <typename T>
std::vector<T> plain(const std::vector<at::Tensor>& layers) {
    const auto values = at::cat(layers).cpu().contiguous();
    return {values.const_data_ptr<T>(), values.const_data_ptr<T>() + values.numel()};
}

std::string token_text(const ConvertedModel& model, const at::Tensor& token) {
    const auto id = static_cast<TokenId>(token.item<std::int64_t>());
    return replace_invalid_utf8(model.model()->tokenizer->decode({&id, 1}));
}

}  // namespace

TokenRouting route_token(const ConvertedModel& model, const ForcedText& text, std::int64_t token) {
    const at::NoGradGuard no_grad;
    const auto question = pose(model, text);
    const auto position = position_of(question, token);
    const auto& experts = *model.experts();

    TokenRouting routing{.token = static_cast<int>(token),
                         .text = token_text(model, question.tokens[0][position]),
                         .layers = static_cast<int>(std::ssize(experts.layers)),
                         .experts = static_cast<int>(experts.layout.experts),
                         .logit = {},
                         .on = {},
                         .dense = {}};
    std::vector<at::Tensor> logits, on;
    const auto record = [&](const at::Tensor& x, std::int64_t layer) {
        const auto& [owner, router] = experts.layers[static_cast<std::size_t>(layer)];
        const auto& weights = question.transformer.weights().layers[static_cast<std::size_t>(layer)];
        routing.dense.push_back(owner.defined() ? 0 : 1);
        if (!owner.defined()) {
            logits.push_back(at::zeros({experts.layout.experts}, at::kFloat));
            on.push_back(at::ones({experts.layout.experts}, at::kByte));
            return dense_feed_forward(x, weights);
        }
        const auto chosen = route(x.flatten(0, 1), router.to(x.device()), experts.layout);
        const auto routed = forced_weights(experts.layout, chosen.logits, chosen.weights,
                                           forcings_of(question.forcings, layer, 0, x.size(1)));
        logits.push_back(chosen.logits[position].cpu());
        on.push_back(routed[position].ne(0).to(at::kByte).cpu());
        return masked_feed_forward(x, weights, experts.layout, owner, routed);
    };
    question.transformer.hidden(question.tokens, record);
    routing.logit = plain<float>(logits);
    routing.on = plain<std::uint8_t>(on);
    return routing;
}

ForcingEffect effect_of_forcings(const ConvertedModel& model, const ForcedText& text) {
    const at::NoGradGuard no_grad;
    const auto question = pose(model, text);
    const auto& transformer = question.transformer;
    // What the last token's stream says of the next one, layer by layer.
    const auto read_out = [&](const std::vector<Forcing>& forcings) {
        const auto ffn = converted_feed_forward(transformer.weights(), *model.experts(), forcings);
        std::vector<at::Tensor> logits;
        for (const auto& x : residual_stream(transformer, question.tokens, ffn))
            logits.push_back(logits_of_stream(transformer, x[0][-1]).to(at::kDouble));
        logits.erase(logits.begin());  // the embedding's
        return logits;
    };
    const auto routed = read_out({}), forced = read_out(question.forcings);

    ForcingEffect effect;
    for (std::size_t layer = 0; layer < routed.size(); ++layer) {
        effect.kl.push_back(divergence(routed[layer], forced[layer]).item<double>());
        effect.logit_change.push_back((forced[layer] - routed[layer]).abs().max().item<double>());
    }
    effect.next = token_text(model, routed.back().argmax());
    effect.forced_next = token_text(model, forced.back().argmax());
    return effect;
}

std::vector<double> token_divergences(const ConvertedModel& model, const std::string& text) {
    const at::NoGradGuard no_grad;
    const auto question = pose(model, {text, {}});
    const auto dense = dense_of(model);
    const auto& converted = question.transformer;
    const auto p = dense.hidden(question.tokens, dense.dense())[0];
    const auto q =
        converted.hidden(question.tokens, converted_feed_forward(converted.weights(), *model.experts()))[0];
    std::vector<double> kl;
    for (auto first = question.first; first < p.size(0); first += positions_a_chunk) {
        const auto last = std::min(first + positions_a_chunk, p.size(0));
        const auto part = plain<double>(
            {divergence(dense.logits(p.slice(0, first, last)), converted.logits(q.slice(0, first, last)))
                 .to(at::kDouble)});
        kl.insert(kl.end(), part.begin(), part.end());
    }
    return kl;
}

LayerBlame blame_layers(const ConvertedModel& model, const std::string& text, std::int64_t token,
                        RunControl& control) {
    const at::NoGradGuard no_grad;
    const auto question = pose(model, {text, {}});
    const auto position = position_of(question, token);
    const auto dense = dense_of(model);
    const auto wanted =
        dense.logits(dense.hidden(question.tokens, dense.dense())[0][position]).to(at::kDouble);
    const auto& converted = question.transformer;
    const auto distance = [&](const at::Tensor& stream) {
        return divergence(wanted, logits_of_stream(converted, stream[0][position]).to(at::kDouble))
            .item<double>();
    };
    const auto ffn = converted_feed_forward(converted.weights(), *model.experts());
    const auto stream = residual_stream(converted, question.tokens, ffn);
    LayerBlame blame{.token = static_cast<int>(token),
                     .text = token_text(model, question.tokens[0][position]),
                     .kl = distance(stream.back()),
                     .restored = {}};
    for (const auto& end :
         with_one_layer_changed(converted, stream, ffn, dense.dense(), [&] { control.poll(); }))
        blame.restored.push_back(distance(end));
    return blame;
}

}  // namespace dotmoe
