#include "events/expert_profile.h"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace dotmoe {
namespace {

TEST(ExpertProfile, NamesTheFavouriteDomainAndTheLikestExpert) {
    const float none = std::numeric_limits<float>::quiet_NaN();
    ExpertProfile profile;
    profile.experts = 3;
    profile.domains = {"code", "prose"};
    profile.domain_tokens = {25, 75};
    profile.affinity = {2.0F, 0.4F, none, 2.0F / 3, 1.2F, none};
    profile.correlation = {1, -0.2F, none, -0.2F, 1, none, none, none, none};
    EXPECT_EQ(favourite_domain(profile, 0), 0);
    EXPECT_EQ(favourite_domain(profile, 1), 1);
    EXPECT_EQ(favourite_domain(profile, 2), std::nullopt) << "it is dead";
    EXPECT_NEAR(domain_share(profile, 0, 0), 0.5, 1e-6);
    EXPECT_NEAR(domain_share(profile, 1, 1), 0.9, 1e-6);
    EXPECT_TRUE(std::isnan(domain_share(profile, 1, 2)));
    EXPECT_EQ(most_alike(profile, 0), 1) << "itself and the dead one left out";
    EXPECT_EQ(most_alike(profile, 2), std::nullopt);
    profile.correlation.clear();
    EXPECT_EQ(most_alike(profile, 0), std::nullopt);
}

}  // namespace
}  // namespace dotmoe
