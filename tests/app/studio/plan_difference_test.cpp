#include "app/studio/plan_difference.h"

#include <gtest/gtest.h>

#include "tests/widgets/samples.h"

namespace dotmoe::studio {
namespace {

TEST(PlanDifference, CountsNeuronsOfTheSameLayerAndShape) {
    const auto left = samples::plan(40, 9, true, 8);
    PlanSnapshot right = *left;
    left->soft_hard_gap = 0.25;
    right.soft_hard_gap = 0.125;
    for (const std::size_t neuron : {3U, 7U, 20U}) right.owner[neuron] = (right.owner[neuron] + 1) % 9;
    EXPECT_EQ(neurons_elsewhere(*left, right), 3);
    EXPECT_EQ(why_rows_differ(left.get(), &right), "");
    EXPECT_EQ(difference_text({left.get(), 2}, {&right, 3}),
              "3 of 40 neurons have another expert · soft–hard gap 25 % left, 12.5 % right");
}

TEST(PlanDifference, SaysWhyOthersHaveNoRowsInCommon) {
    const auto left = samples::plan(40, 9, true, 8);
    PlanSnapshot other = *left;
    other.layer = left->layer + 1;
    EXPECT_EQ(
        why_rows_differ(left.get(), &other),
        QStringLiteral("layer %1 is on the left, layer %2 on the right").arg(left->layer).arg(other.layer));
    EXPECT_TRUE(difference_text({left.get(), 2.5}, {&other, 0}).endsWith("largest load 2.50× left, – right"));

    const auto narrow = samples::plan(40, 8, false);
    narrow->layer = left->layer;
    EXPECT_EQ(why_rows_differ(left.get(), narrow.get()),
              "40 neurons × 8 experts and the shared one on the left, 40 neurons × 8 experts on the right");
    EXPECT_EQ(why_rows_differ(nullptr, left.get()), "there is no plan on the left yet");
    EXPECT_EQ(difference_text({left.get(), 1}, {nullptr, 1}), "There is no plan on the right yet");
    other = *left;
    other.owner.pop_back();
    EXPECT_EQ(why_rows_differ(left.get(), &other), "there is no plan on the right yet") << "a damaged one";
}

}  // namespace
}  // namespace dotmoe::studio
