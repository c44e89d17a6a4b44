#include "pipeline/routing_questions.h"

#include "evaluate/residual_stream.h"
#include "experts/masked_ffn.h"
#include "model/load.h"
#include "pipeline/converted_model.h"
#include "toy_conversions.h"

namespace dotmoe::routing_questions_test {
namespace {

const std::string text = "The sea was calm that night, and nobody";

class RoutingQuestionsTest : public ConvertTest {
  protected:
    /// With fit_windows > 0 it has weights of its own.
    ConvertedModel converted(std::int64_t fit_windows = 0) const {
        auto made = request("asked");
        made.recipe.distill.steps = 2;
        made.recipe.recover.fit_windows = fit_windows;
        NullSink nobody;
        RunControl control;
        convert(made, {nobody, control});
        return ConvertedModel::open(made.out, DeviceChoice::cpu);
    }
    static at::Tensor ids(const ConvertedModel& model) {
        return at::tensor(model.model()->tokenizer->encode(text), at::kLong).unsqueeze(0);
    }
    /// Of the token that follows the text, by the plain forward pass. [V]
    static at::Tensor next_logits(const ConvertedModel& model, const std::vector<Forcing>& forcings) {
        const Transformer transformer(model.model()->config, model.model()->weights);
        return transformer.logits(transformer.hidden(
            ids(model), converted_feed_forward(transformer.weights(), *model.experts(), forcings)))[0][-1];
    }
    static std::vector<Forcing> everything_on(const ConvertedModel& model) {
        std::vector<Forcing> all;
        for (std::int64_t layer = 0; layer < model.model()->config.layers; ++layer)
            for (std::int64_t token = 0; token < ids(model).size(1); ++token)
                for (std::int64_t expert = 0; expert < model.experts()->layout.experts; ++expert)
                    all.push_back({.token = token, .layer = layer, .expert = expert});
        return all;
    }
};

TEST_F(RoutingQuestionsTest, ATokensExpertsAreThoseOfTheTrace) {
    const auto model = converted();
    const auto trace = model.route(text);
    const auto tokens = static_cast<std::int64_t>(trace.tokens.size());
    for (std::int64_t token = 0; token < tokens; ++token) {
        const auto routing = route_token(model, {text, {}}, token);
        ASSERT_EQ(routing.logit.size(), static_cast<std::size_t>(trace.layers * trace.experts));
        EXPECT_EQ(routing.token, token);
        for (std::int64_t layer = 0; layer < trace.layers; ++layer) {
            const auto row = static_cast<std::size_t>(layer * trace.experts);
            std::vector<std::uint8_t> on(static_cast<std::size_t>(trace.experts), 0);
            double best = -1e9;
            for (std::int64_t rank = 0; rank < trace.active; ++rank)
                on[static_cast<std::size_t>(
                    trace.expert[static_cast<std::size_t>((layer * tokens + token) * trace.active + rank)])] =
                    1;
            for (std::size_t expert = 0; expert < on.size(); ++expert) {
                EXPECT_EQ(routing.on[row + expert], on[expert]);
                best = std::max<double>(best, routing.logit[row + expert]);
            }
            const auto first =
                trace.expert[static_cast<std::size_t>((layer * tokens + token) * trace.active)];
            EXPECT_EQ(routing.logit[row + static_cast<std::size_t>(first)], best);
        }
    }
    const auto forced = route_token(model, {text, {{.token = 3, .layer = 1, .expert = 7}}}, 3);
    EXPECT_EQ(forced.on[static_cast<std::size_t>(trace.experts + 7)], 1);
}

TEST_F(RoutingQuestionsTest, TheEffectEndsInThatOfTheModelItself) {
    const auto model = converted();
    const auto nothing = effect_of_forcings(model, {text, {}});
    for (const auto value : nothing.kl) EXPECT_EQ(value, 0);
    for (const auto value : nothing.logit_change) EXPECT_EQ(value, 0);
    EXPECT_EQ(nothing.next, nothing.forced_next);
    EXPECT_EQ(nothing.next, model.generate({.prompt = text, .max_new_tokens = 1}, {}).text);

    const auto last = ids(model).size(1) - 1;
    for (const auto token : {last - 3, last}) {
        const auto routing = route_token(model, {text, {}}, token);
        std::vector<Forcing> forcings;  // all experts of the token in layer 1 the other way round
        for (std::int64_t expert = 0; expert < routing.experts; ++expert)
            forcings.push_back({.token = token,
                                .layer = 1,
                                .expert = expert,
                                .on = routing.on[static_cast<std::size_t>(routing.experts + expert)] == 0});
        const auto effect = effect_of_forcings(model, {text, forcings});
        ASSERT_EQ(std::ssize(effect.kl), model.model()->config.layers);
        EXPECT_EQ(effect.kl[0], 0) << "before the forcing";
        EXPECT_EQ(effect.kl[1] > 0, token == last)
            << "others see it through the next layer's attention alone";
        EXPECT_GT(effect.kl.back(), 0);
        const auto before = next_logits(model, {}).to(at::kDouble),
                   after = next_logits(model, forcings).to(at::kDouble);
        const auto kl = divergence(before, after).item<double>();
        EXPECT_NEAR(effect.kl.back(), kl, 0.05 * kl);
        EXPECT_NEAR(effect.logit_change.back(), (after - before).abs().max().item<double>(), 1e-5);
    }
}

TEST_F(RoutingQuestionsTest, TheContinuationObeysWhatIsForced) {
    const auto model = converted();
    const auto next = [&](const ConvertedModel& asked, std::vector<Forcing> forcings, std::int64_t tokens) {
        return asked
            .generate({.prompt = text,
                       .max_new_tokens = tokens,
                       .weights = WeightFormat::fp32,
                       .forcings = std::move(forcings)},
                      {})
            .text;
    };
    // With all experts on for the whole prompt the next token is the dense model's.
    EXPECT_EQ(next(model, everything_on(model), 1), next(model.dense_model(), {}, 1));
    const auto trace = model.route(text);
    EXPECT_EQ(next(model, {{.token = 0, .layer = 0, .expert = trace.expert[0]}}, 24), next(model, {}, 24))
        << "it is on already";
}

TEST_F(RoutingQuestionsTest, BlameIsTheKlOfTheModelWithOneLayerTheSources) {
    const auto model = converted(/*fit_windows=*/8);
    const Transformer dense(model.dense()->config, model.dense()->weights);
    const Transformer transformer(model.model()->config, model.model()->weights);
    const auto ffn = converted_feed_forward(transformer.weights(), *model.experts());
    const auto logits = [&](const FeedForward& by) {
        return transformer.logits(transformer.hidden(ids(model), by))[0].to(at::kDouble);
    };
    const auto dense_logits = dense.logits(dense.hidden(ids(model), dense.dense()))[0].to(at::kDouble);
    const auto kl_to_dense = [&](const at::Tensor& q, std::int64_t token) {
        const auto p = dense_logits[token].log_softmax(-1);
        return (p.exp() * (p - q[token].log_softmax(-1))).sum().item<double>();
    };
    const auto of_tokens = token_divergences(model, text);
    const auto converted_logits = logits(ffn);
    ASSERT_EQ(std::ssize(of_tokens), ids(model).size(1));
    for (std::int64_t token = 0; token < std::ssize(of_tokens); ++token)
        EXPECT_NEAR(of_tokens[static_cast<std::size_t>(token)], kl_to_dense(converted_logits, token), 1e-5);
    EXPECT_GT(of_tokens[5], 1e-4);

    RunControl control;
    const auto blame = blame_layers(model, text, 5, control);
    EXPECT_NEAR(blame.kl, of_tokens[5], 1e-6);
    ASSERT_EQ(std::ssize(blame.restored), model.model()->config.layers);
    for (std::int64_t restored = 0; restored < std::ssize(blame.restored); ++restored) {
        const auto q = logits([&](const at::Tensor& x, std::int64_t layer) {
            return layer == restored ? dense.dense()(x, layer) : ffn(x, layer);
        });
        EXPECT_NEAR(blame.restored[static_cast<std::size_t>(restored)], kl_to_dense(q, 5), 1e-5) << restored;
    }
    control.request_stop();
    EXPECT_THROW(blame_layers(model, text, 5, control), Cancelled);
}

TEST_F(RoutingQuestionsTest, RefusesWhatIsNotThere) {
    const auto model = converted();
    RunControl control;
    EXPECT_THROW(blame_layers(model, text, 1000, control), UsageError);
    EXPECT_THROW(route_token(model, {text, {}}, 1000), UsageError);
    EXPECT_THROW(route_token(model, {"", {}}, 0), Error);
    EXPECT_THROW(effect_of_forcings(model, {text, {{.layer = 99}}}), UsageError);
    EXPECT_THROW(effect_of_forcings(model.dense_model(), {text, {}}), UsageError);
    EXPECT_THROW(model.generate({.prompt = text, .forcings = {{.token = 1000}}}, {}), UsageError);
    EXPECT_THROW(model.dense_model().generate({.prompt = text, .forcings = {{.token = 0}}}, {}), UsageError);
}

}  // namespace
}  // namespace dotmoe::routing_questions_test
