#include "transport/problem.h"

#include <gmock/gmock.h>

#include <limits>

#include "base/error.h"

namespace dotmoe {
namespace {

using testing::HasSubstr;
using testing::ThrowsMessage;

TEST(Problem, AcceptsUnequalCapacitiesAndBatches) {
    check_problem(at::rand({3, 6, 3}), {1, 2, 3});
}

TEST(Problem, NamesTheNanAndItsPlace) {
    auto affinity = at::rand({2, 6, 3});
    affinity[1][4][2] = std::numeric_limits<double>::quiet_NaN();
    EXPECT_THAT(
        [&] {
            check_problem(affinity, {2, 2, 2});
        },
        ThrowsMessage<Error>(HasSubstr("nan at neuron 4, column 2")));
    affinity[1][4][2] = -std::numeric_limits<double>::infinity();
    EXPECT_THAT(
        [&] {
            check_problem(affinity, {2, 2, 2});
        },
        ThrowsMessage<Error>(HasSubstr("-inf at neuron 4, column 2")));
}

TEST(Problem, NamesWhatDoesNotFit) {
    const auto affinity = at::rand({6, 3});
    EXPECT_THAT([&] { check_problem(affinity, {3, 3}); }, ThrowsMessage<Error>(HasSubstr("3 columns")));
    EXPECT_THAT([&] { check_problem(affinity, {2, 2, 3}); }, ThrowsMessage<Error>(HasSubstr("add up to 7")));
    EXPECT_THAT(
        [&] {
            check_problem(affinity, {0, 3, 3});
        },
        ThrowsMessage<Error>(HasSubstr("column 0 is 0")));
    EXPECT_THAT(
        [&] {
            check_problem(affinity, {-3, 6, 3});
        },
        ThrowsMessage<Error>(HasSubstr("column 0 is -3")));
    EXPECT_THAT([&] { check_problem(at::rand({6}), {6}); }, ThrowsMessage<Error>(HasSubstr("1-dimensional")));
    EXPECT_THAT(
        [&] {
            check_problem(affinity.to(at::kLong), {2, 2, 2});
        },
        ThrowsMessage<Error>(HasSubstr("floating-point")));
}

}  // namespace
}  // namespace dotmoe
