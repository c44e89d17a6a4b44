#include "widgets/top_tokens_model.h"

#include <gtest/gtest.h>

#include <QAbstractItemModelTester>
#include <QFont>

#include "tests/widgets/samples.h"

namespace dotmoe {
namespace {

TEST(TopTokensModel, KeepsTheRulesOfItemModels) {
    TopTokensModel model;
    const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::Fatal);
    const auto profile = samples::profile(0, 16);
    model.setExpert(profile, 2);
    EXPECT_EQ(model.rowCount(), 3);
    for (const int none : {3, 16, -1}) {
        model.setExpert(profile, none);
        EXPECT_EQ(model.rowCount(), 0);
    }
    model.setExpert(nullptr, 2);
    EXPECT_EQ(model.rowCount(), 0);
}

TEST(TopTokensModel, SetsTheTokenOffFromItsContext) {
    TopTokensModel model;
    model.setExpert(samples::profile(0, 16), 2);
    const auto at = [&](int column, int role = Qt::DisplayRole) { return model.index(1, column).data(role); };
    EXPECT_EQ(at(TopTokensModel::probability).toString(), "0.800");
    EXPECT_EQ(at(TopTokensModel::domain).toString(), "novels");
    EXPECT_EQ(at(TopTokensModel::before).toString(), "what stands before ");
    EXPECT_EQ(at(TopTokensModel::token).toString(), "token2");
    EXPECT_EQ(at(TopTokensModel::after).toString(), " and⏎after");
    EXPECT_TRUE(at(TopTokensModel::token, Qt::FontRole).value<QFont>().bold());
    EXPECT_FALSE(at(TopTokensModel::before, Qt::FontRole).isValid());
    EXPECT_EQ(at(TopTokensModel::token, Qt::ToolTipRole).toString(), "what stands before [token2] and⏎after");
}

}  // namespace
}  // namespace dotmoe
