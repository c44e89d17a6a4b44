#include "pipeline/profile_experts.h"

#include <cmath>

#include "pipeline/measure_domains.h"
#include "toy_conversions.h"

namespace dotmoe {
namespace {

class ProfileExpertsTest : public ConvertTest {
  protected:
    ConvertedModel converted() const {
        auto made = request("profiled");
        made.recipe.distill.steps = 2;
        NullSink nobody;
        RunControl control;
        convert(made, {nobody, control});
        return ConvertedModel::open(made.out, DeviceChoice::cpu);
    }
    static TextRequest text() { return {.text = {fs::path(DOTMOE_DEPS) / "text"}, .window = 96, .limit = 4}; }
    static std::vector<std::shared_ptr<const ExpertProfile>> profiles(const ConvertedModel& model) {
        NullSink nobody;
        RunControl control;
        std::vector<std::shared_ptr<const ExpertProfile>> found;
        profile_experts(model, text(), nobody, control, [&](const auto& profile) {
            found.push_back(profile);
            return true;
        });
        return found;
    }
};

TEST_F(ProfileExpertsTest, CountsAreThoseOfTheDomains) {
    const auto model = converted();
    NullSink nobody;
    const auto domains = measure_domains(model, text(), nobody);
    const auto found = profiles(model);
    ASSERT_EQ(found.size(), domains.layers.size());
    for (std::size_t l = 0; l < found.size(); ++l) {
        const auto& profile = *found[l];
        const auto& counts = domains.layers[l].tokens;
        EXPECT_EQ(profile.layer, static_cast<int>(l));
        EXPECT_EQ(profile.domains, domains.domains);
        EXPECT_EQ(profile.domains_entropy, domains.entropy);
        double load = 0;
        for (int expert = 0; expert < profile.experts; ++expert) {
            const auto e = static_cast<std::size_t>(expert);
            load += static_cast<double>(profile.load[e]);
            double share = 0;
            std::int64_t tokens = 0;
            for (std::size_t d = 0; d < counts.size(); ++d) {
                tokens += counts[d][e];
                share += domain_share(profile, static_cast<int>(d), expert);
            }
            EXPECT_EQ(profile.tokens[e], tokens);
            if (tokens > 0) {
                EXPECT_NEAR(share, 1, 1e-5) << "layer " << l << ", expert " << expert;
            }
        }
        EXPECT_NEAR(load, profile.experts, 1e-4);
        EXPECT_LE(profile.load_entropy, std::log2(profile.experts) + 1e-9);
        EXPECT_LE(profile.router_entropy, std::log2(profile.experts) + 1e-9);
        EXPECT_GT(profile.router_entropy, 0);
    }
}

TEST_F(ProfileExpertsTest, TopTokensAreOfTheExpertBestFirstInTheirContext) {
    for (const auto& profile : profiles(converted())) {
        ASSERT_EQ(profile->top.size(), static_cast<std::size_t>(profile->experts));
        for (std::size_t e = 0; e < profile->top.size(); ++e) {
            const auto& top = profile->top[e];
            EXPECT_EQ(std::ssize(top), std::min<std::int64_t>(12, profile->tokens[e]));
            for (std::size_t i = 0; i < top.size(); ++i) {
                EXPECT_FALSE(top[i].token.empty());
                EXPECT_FALSE(top[i].before.empty() && top[i].after.empty());
                if (i > 0) {
                    EXPECT_LE(top[i].probability, top[i - 1].probability);
                }
                const auto domain = static_cast<std::size_t>(top[i].domain);
                EXPECT_GT(profile->affinity[domain * profile->top.size() + e], 0);
            }
        }
    }
}

TEST_F(ProfileExpertsTest, EndsWhenAskedTo) {
    const auto model = converted();
    NullSink nobody;
    RunControl control;
    int layers = 0;
    profile_experts(model, text(), nobody, control, [&](const auto&) { return ++layers < 2; });
    EXPECT_EQ(layers, 2);
    const auto stop = [&](const auto&) {
        control.request_stop();
        return true;
    };
    EXPECT_THROW(profile_experts(model, text(), nobody, control, stop), Cancelled);
}

TEST_F(ProfileExpertsTest, RefusesWhatHasNoExperts) {
    NullSink nobody;
    RunControl control;
    EXPECT_THROW(
        profile_experts(converted().dense_model(), text(), nobody, control, [](const auto&) { return true; }),
        UsageError);
}

}  // namespace
}  // namespace dotmoe
