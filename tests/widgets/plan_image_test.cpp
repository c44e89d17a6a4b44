#include "widgets/plan_image.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

#include "tests/widgets/pixels.h"
#include "tests/widgets/samples.h"
#include "widgets/colour_maps.h"

namespace dotmoe {
namespace {

TEST(PlanImage, RowsAreInBlocksOfOneOwnerHeaviestFirst) {
    const auto plan = samples::plan(96, 9, true, 16);
    const PlanOrder order = orderByOwner(*plan);
    for (std::size_t row = 0; row < order.neuronAtRow.size(); ++row) {
        const auto neuron = static_cast<std::size_t>(order.neuronAtRow[row]);
        EXPECT_EQ(order.rowOfNeuron[neuron], static_cast<int>(row));
        if (row == 0) continue;
        const auto before = static_cast<std::size_t>(order.neuronAtRow[row - 1]);
        const auto mass = [&](std::size_t n) {
            return plan->soft[n * 9 + static_cast<std::size_t>(plan->owner[n])];
        };
        ASSERT_LE(plan->owner[before], plan->owner[neuron]);
        if (plan->owner[before] == plan->owner[neuron]) {
            ASSERT_GE(mass(before), mass(neuron));
        }
    }
}

TEST(PlanImage, EveryPixelShowsTheStrongestOfItsCells) {
    const auto plan = samples::plan(300, 41, true, 20);
    const PlanOrder order = orderByOwner(*plan);
    for (const QSize size : {QSize(97, 64), QSize(30, 500), QSize(200, 77)}) {
        for (const PlanMode mode : {PlanMode::soft, PlanMode::hard, PlanMode::difference}) {
            const PlanGeometry geometry{300, 41, QRect(QPoint(0, 0), size)};
            const double scale = planScale(*plan, mode);
            const QImage image = planImage(*plan, order, mode, geometry, scale, false);
            // Brute force, from the cells' side.
            std::vector<double> strongest(static_cast<std::size_t>(size.width() * size.height()), 0);
            for (int row = 0; row < 300; ++row) {
                for (int column = 0; column < 41; ++column) {
                    const double mass =
                        planMass(*plan, mode, order.neuronAtRow[static_cast<std::size_t>(row)], column);
                    const QRect cell = geometry.rectOf(row, column);
                    for (int y = cell.top(); y <= cell.bottom(); ++y) {
                        for (int x = cell.left(); x <= cell.right(); ++x) {
                            double& pixel = strongest[static_cast<std::size_t>(y) *
                                                          static_cast<std::size_t>(size.width()) +
                                                      static_cast<std::size_t>(x)];
                            if (std::abs(mass) > std::abs(pixel)) pixel = mass;
                        }
                    }
                }
            }
            for (int y = 0; y < size.height(); ++y) {
                for (int x = 0; x < size.width(); ++x) {
                    const double value =
                        strongest[static_cast<std::size_t>(y) * static_cast<std::size_t>(size.width()) +
                                  static_cast<std::size_t>(x)] /
                        scale;
                    const QRgb wanted = mode == PlanMode::difference ? divergingColour(value, false)
                                                                     : sequentialColour(value);
                    ASSERT_TRUE(similar(image.pixelColor(x, y), QColor(wanted))) << x << ',' << y;
                }
            }
        }
    }
}

TEST(PlanImage, OneHotColumnOfABigPlanStaysVisible) {
    PlanSnapshot plan;  // Mistral's width, 112 experts and a shared column, drawn on a third of the columns
    plan.neurons = 14336;
    plan.columns = 113;
    plan.shared_column = true;
    plan.soft.assign(14336ULL * 113, 0.01F);
    plan.owner.assign(14336, 0);
    const int hot = 77;
    for (std::size_t neuron = 0; neuron < 14336; ++neuron) plan.soft[neuron * 113 + hot] = 0.9F;
    const PlanGeometry geometry{14336, 113, QRect(0, 0, 37, 200)};
    const QImage image = planImage(plan, orderByOwner(plan), PlanMode::soft, geometry, 1, false);
    const int x = geometry.rectOf(0, hot).left();
    for (int y = 0; y < 200; ++y) {
        ASSERT_TRUE(similar(image.pixelColor(x, y), QColor(sequentialColour(0.9)))) << y;
        ASSERT_TRUE(similar(image.pixelColor((x + 5) % 37, y), QColor(sequentialColour(0.01)))) << y;
    }
}

TEST(PlanImage, OneHotCellOfABigPlanStaysVisible) {
    PlanSnapshot plan;
    plan.neurons = 14336;
    plan.columns = 113;
    plan.soft.assign(14336ULL * 113, 0);
    plan.owner.assign(14336, 0);
    plan.soft[9999ULL * 113 + 50] = 1;
    const PlanGeometry geometry{14336, 113, QRect(0, 0, 90, 300)};
    const PlanOrder order = orderByOwner(plan);
    const QImage image = planImage(plan, order, PlanMode::soft, geometry, 1, false);
    const QRect cell = geometry.rectOf(order.rowOfNeuron[9999], 50);
    EXPECT_TRUE(similar(image.pixelColor(cell.topLeft()), QColor(sequentialColour(1))));
}

TEST(PlanImage, ScaleIsANiceNumberAboveTheLargestMass) {
    PlanSnapshot plan;
    plan.neurons = 1;
    plan.columns = 2;
    plan.owner = {0};
    for (const auto& [largest, scale] :
         {std::pair{0.0123F, 0.02}, {0.2F, 0.2}, {0.21F, 0.5}, {0.9F, 1.0}, {0.0F, 1.0}}) {
        plan.soft = {largest, 0};
        EXPECT_NEAR(planScale(plan, PlanMode::soft), scale, 1e-9) << largest;
        EXPECT_EQ(planScale(plan, PlanMode::hard), 1);
    }
}

TEST(PlanImage, BrokenSnapshotsAreFound) {
    const auto good = samples::plan(12, 4, false);
    EXPECT_TRUE(isConsistent(*good));
    PlanSnapshot shorter = *good, beyond = *good, negative = *good, empty;
    shorter.soft.pop_back();
    beyond.owner[3] = 4;
    negative.owner[3] = -1;
    EXPECT_FALSE(isConsistent(shorter));
    EXPECT_FALSE(isConsistent(beyond));
    EXPECT_FALSE(isConsistent(negative));
    EXPECT_FALSE(isConsistent(empty));
}

}  // namespace
}  // namespace dotmoe
