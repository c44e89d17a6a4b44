#include "app/studio/layer_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QSignalSpy>

namespace dotmoe::studio {
namespace {

class LayerModelTest : public ::testing::Test {
  protected:
    std::string cell(int row, LayerModel::Column column) {
        return model_.index(row, column).data().toString().toStdString();
    }
    LayerModel model_;
    QAbstractItemModelTester tester_{&model_, QAbstractItemModelTester::FailureReportingMode::Fatal};
};

TEST_F(LayerModelTest, StartsDenseWithUnknownFigures) {
    model_.reset(3);
    EXPECT_EQ(model_.rowCount(), 3);
    EXPECT_EQ(cell(2, LayerModel::layer), "2");
    EXPECT_EQ(cell(2, LayerModel::badge), "○ dense");
    EXPECT_EQ(cell(2, LayerModel::error), "–");
    EXPECT_EQ(cell(2, LayerModel::load), "–");
    EXPECT_EQ(cell(2, LayerModel::dead), "–");
}

TEST_F(LayerModelTest, ShowsAStatusInItsRowOnly) {
    model_.reset(3);
    QSignalSpy changed(&model_, &LayerModel::dataChanged);
    model_.update({1, LayerState::done, 0.2864, 2.26, 3, ""});
    ASSERT_EQ(changed.count(), 1);
    EXPECT_EQ(changed[0][0].toModelIndex().row(), 1);
    EXPECT_EQ(cell(1, LayerModel::badge), "● done");
    EXPECT_EQ(cell(1, LayerModel::error), "0.286");
    EXPECT_EQ(cell(1, LayerModel::load), "2.3");
    EXPECT_EQ(cell(1, LayerModel::dead), "3");
    EXPECT_EQ(cell(0, LayerModel::badge), "○ dense");
}

TEST_F(LayerModelTest, WhatIsShownAlreadyIsNoChange) {
    model_.reset(2);
    model_.update({1, LayerState::done, 0.2864, 2.26, 3, ""});
    QSignalSpy changed(&model_, &LayerModel::dataChanged);
    model_.update({1, LayerState::done, 0.2864, 2.26, 3, ""});
    EXPECT_EQ(changed.count(), 0);
    model_.update({1, LayerState::done, 0.2864, 2.26, 4, ""});
    EXPECT_EQ(changed.count(), 1);
}

TEST_F(LayerModelTest, RefusalSaysWhy) {
    model_.reset(1);
    model_.update({0, LayerState::refused, -1, -1, 0, "its activations are not finite"});
    EXPECT_EQ(cell(0, LayerModel::badge), "✕ refused");
    EXPECT_EQ(model_.index(0, 0).data(Qt::ToolTipRole).toString(), "its activations are not finite");
}

TEST_F(LayerModelTest, IgnoresLayersOutside) {
    model_.reset(2);
    QSignalSpy changed(&model_, &LayerModel::dataChanged);
    model_.update({2, LayerState::done, 0, 0, 0, ""});
    model_.update({-1, LayerState::done, 0, 0, 0, ""});
    EXPECT_EQ(changed.count(), 0);
}

}  // namespace
}  // namespace dotmoe::studio
