// A person holds neurons by hand: on the plan, solved again beside it, undone, and in the next conversion.
#include "app/studio/pins.h"

#include <QClipboard>
#include <QLabel>
#include <QMenu>

#include "app/studio/panels/recipe_panel.h"
#include "studio_driver.h"
#include "tests/widgets/pixels.h"
#include "widgets/colour_maps.h"
#include "widgets/plan_heatmap.h"

namespace dotmoe::studio {
namespace {

class PinsTest : public StudioDriver {
  protected:
    /// The toy converted in the window, layer 1 on show.
    void convertToy() {
        auto options = toyOptions();
        openWindow(options);
        ASSERT_TRUE(eventually([&] { return enabled("convert"); })) << banner();
        click("convert");
        ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
        clickLayer(1);
        heatmap().setFocus();
    }
    PlanHeatmap& heatmap() { return *find<PlanHeatmap>("heatmap"); }
    PlanHeatmap& solved() { return *find<PlanHeatmap>("solvedHeatmap"); }
    std::shared_ptr<const PlanSnapshot> plan() {
        auto& timeline = m_window->timeline();
        return timeline.recording()->plan(static_cast<std::size_t>(timeline.moment()), 1);
    }
    /// Near enough to tell the neuron from its neighbours.
    void pointAt(int neuron, int column) {
        const int row = heatmap().rowOf(neuron);
        heatmap().setWindow({movedToHold({0, 10}, plan()->neurons, row), heatmap().window().columns});
        heatmap().setFocus();
        moveMouse(heatmap(), heatmap().cellRect(heatmap().rowOf(neuron), column).center());
    }
    ConstraintRecipe constraints() { return find<RecipePanel>("recipe")->request().recipe.constraints; }
    /// In the hard plan that was solved again.
    bool ownedBy(int neuron, int column) {
        clickButton("Hard plan");
        const QImage seen = picture(solved());
        const auto colour = [&](int at) {
            const QRect cell = solved().cellRect(solved().rowOf(neuron), at);
            return colourAt(seen, QPointF(cell.left() + 2, cell.bottom() - 2));  // beside the mark
        };
        return similar(colour(column), QColor(sequentialColour(1)));
    }
};

TEST_F(PinsTest, AreMarkedSolvedUndoneAndConvertedWith) {
    ASSERT_NO_FATAL_FAILURE(convertToy());
    const auto before = plan();
    ASSERT_TRUE(before);
    const int first = before->shared_column ? 1 : 0;
    const int neuron = 7, wanted = before->owner[7] == first ? first + 1 : first;
    clickButton("Solve again");
    ASSERT_TRUE(eventually([&] { return solved().isVisible(); })) << banner();
    EXPECT_NE(find<QLabel>("moved")->text().indexOf(" 0 of "), -1) << "nothing is held, nothing moves";

    // By the context menu of the cell.
    pointAt(neuron, wanted);
    const QPoint at = heatmap().cellRect(heatmap().rowOf(neuron), wanted).center();
    QContextMenuEvent event(QContextMenuEvent::Mouse, at, heatmap().mapToGlobal(at));
    QApplication::sendEvent(&heatmap(), &event);
    auto* menu = qobject_cast<QMenu*>(QApplication::activePopupWidget());
    ASSERT_NE(menu, nullptr);
    EXPECT_EQ(menu->actions()[0]->text(),
              QStringLiteral("&Pin neuron 7 to expert %1").arg(heatmap().columnName(wanted)));
    QTest::mouseClick(menu, Qt::LeftButton, {}, menu->actionGeometry(menu->actions()[0]).center());
    const NeuronPlace place{1, neuron, wanted - first};
    EXPECT_EQ(constraints().pin, (std::vector{place}));
    ASSERT_TRUE(eventually([&] { return ownedBy(neuron, wanted); }));
    EXPECT_NE(find<QLabel>("moved")->text().indexOf("with 1 held"), -1);
    EXPECT_FALSE(ownedBy(neuron, before->owner[7]));
    EXPECT_NE(find<QLabel>("check")->text().indexOf("1 held by hand"), -1);

    // Both plans are looked at alike.
    QTest::keyClick(&heatmap(), Qt::Key_Minus);
    EXPECT_EQ(solved().window(), heatmap().window());
    pointAt(neuron, wanted);

    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    EXPECT_TRUE(constraints().pin.empty());
    ASSERT_TRUE(eventually([&] { return ownedBy(neuron, before->owner[7]); }));
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_EQ(constraints().pin, (std::vector{place}));
    // A ban from the key, of another neuron from where it is.
    pointAt(12, before->owner[12]);
    QTest::keyClick(&heatmap(), Qt::Key_F);
    EXPECT_EQ(constraints().forbid, (std::vector{NeuronPlace{1, 12, before->owner[12] - first}}));

    QTest::keyClick(m_window.get(), Qt::Key_C, Qt::ControlModifier | Qt::ShiftModifier);
    EXPECT_TRUE(QApplication::clipboard()->text().contains("constraints.forbid=[{"));

    clickButton("Solve again");
    EXPECT_FALSE(solved().isVisible());
    ASSERT_TRUE(enabled("convert"));
    EXPECT_EQ(actionText("convert"), "Convert");
    click("convert");
    ASSERT_TRUE(eventually([&] { return state() == "Running"; }));
    ASSERT_TRUE(eventually([&] { return state() == "Finished"; })) << banner();
    clickLayer(1);
    const auto after = plan();
    EXPECT_EQ(after->owner[7], wanted);
    EXPECT_NE(after->owner[12], before->owner[12]);
}

TEST_F(PinsTest, AreForgottenWithTheirModelAndSayWhatCannotBe) {
    const auto path = std::filesystem::path(m_folder.path().toStdString()) / "toy.moerec";
    recordToy(path);
    Options options;
    options.model = path;
    openWindow(options);
    ASSERT_TRUE(eventually([&] { return m_window->timeline().moments() > 0; })) << banner();
    clickLayer(1);
    heatmap().setFocus();
    const auto shown = plan();
    clickButton("Solve again");
    ASSERT_TRUE(eventually([&] { return solved().isVisible(); }));
    const int column = 1, full = shown->capacity[1];
    for (int neuron = 0; neuron <= full; ++neuron) {
        pointAt(neuron, column);
        QTest::keyClick(&heatmap(), Qt::Key_P);
    }
    EXPECT_EQ(constraints().pin.size(), static_cast<std::size_t>(full) + 1);
    ASSERT_TRUE(eventually([&] { return !solved().isVisible(); }));
    EXPECT_TRUE(find<QLabel>("moved")->isVisible()) << "one line on why not";
    QTest::keyClick(m_window.get(), Qt::Key_Z, Qt::ControlModifier);
    ASSERT_TRUE(eventually([&] { return solved().isVisible(); }));
    m_window->openFile(QString::fromStdString(toyModel().string()));
    ASSERT_TRUE(eventually([&] { return enabled("convert") || state() == "Ready"; }));
    EXPECT_TRUE(constraints().pin.empty());
    EXPECT_FALSE(enabled("undo"));
}

}  // namespace
}  // namespace dotmoe::studio
