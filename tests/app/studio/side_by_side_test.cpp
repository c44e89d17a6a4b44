// A person puts two layers or two moments side by side and zooms into both at once.
#include "app/studio/moment_text.h"
#include "side_by_side_driver.h"

namespace dotmoe::studio {
namespace {

using SideBySideTest = SideBySideDriver;

TEST_F(SideBySideTest, SaysSomethingAtOnceAndShowsTwoLayers) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const int first = firstPlan(recording, 1);
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 1)));
    EXPECT_TRUE(shows(right(), *planAt(recording, first, 1)));
    EXPECT_FALSE(shows(right(), *planAt(recording, last(), 1)));
    EXPECT_EQ(text("leftHeading"), "toy.moerec · layer 1 · at " + place_text(&recording, last()));
    EXPECT_EQ(text("rightHeading"), "toy.moerec · layer 1 · at " + place_text(&recording, first));
    EXPECT_EQ(moment().value(), first);
    EXPECT_EQ(moment().maximum(), last());

    // The layer that the window shows is followed until another is chosen.
    clickLayer(2);
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 2)));
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 2), 2)));
    typeLayer(0);
    EXPECT_TRUE(shows(left(), *planAt(recording, last(), 2)));
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 2), 0)));
    EXPECT_TRUE(isSortedByOwner(left(), *planAt(recording, last(), 2)));
    EXPECT_TRUE(isSortedByOwner(right(), *planAt(recording, firstPlan(recording, 2), 0)));
    clickLayer(1);
    EXPECT_TRUE(shows(right(), *planAt(recording, firstPlan(recording, 2), 0))) << "chosen: it holds still";
    EXPECT_TRUE(text("rightHeading").contains("layer 0")) << text("rightHeading").toStdString();

    // Another layer: loads side by side, on one scale.
    moment().setFocus();
    QTest::keyClick(&moment(), Qt::Key_End);
    auto& leftLoads = *find<BalanceBars>("leftLoads");
    auto& rightLoads = *find<BalanceBars>("rightLoads");
    const auto end = static_cast<std::size_t>(last());
    expectLoads(leftLoads, *recording.load(end, 1), 1);
    expectLoads(rightLoads, *recording.load(end, 0), 0);
    for (const double load : {0.0, 1.0, 2.0}) EXPECT_EQ(leftLoads.yOf(load), rightLoads.yOf(load)) << load;
    EXPECT_EQ(leftLoads.barRect(7).left(), rightLoads.barRect(7).left());
    const auto largest = [&](int layer) {
        const auto load = recording.load(end, layer);
        const auto row = load->load.begin() + std::ptrdiff_t{layer - load->first_layer} * load->experts;
        return static_cast<double>(*std::max_element(row, row + load->experts));
    };
    EXPECT_TRUE(text("sideDifference")
                    .endsWith(QStringLiteral("largest load %1× left, %2× right")
                                  .arg(largest(1), 0, 'f', 2)
                                  .arg(largest(0), 0, 'f', 2)))
        << text("sideDifference").toStdString();
}

TEST_F(SideBySideTest, TwoMomentsOfALayerByMouseAndKeys) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const auto final_plan = planAt(recording, last(), 1);
    const int at = (firstPlan(recording, 1) + last()) / 2;
    clickMoment(moment(), at);
    EXPECT_TRUE(shows(right(), *planAt(recording, at, 1)));
    EXPECT_TRUE(shows(left(), *final_plan));
    moment().setFocus();
    QTest::keyClick(&moment(), Qt::Key_Right);
    QTest::keyClick(&moment(), Qt::Key_Right);
    const auto later = planAt(recording, at + 2, 1);
    EXPECT_TRUE(shows(right(), *later));
    EXPECT_TRUE(
        text("sideDifference")
            .startsWith(
                QStringLiteral("%1 of 256 neurons have another expert").arg(elsewhere(*final_plan, *later))))
        << text("sideDifference").toStdString();

    // The time bar moves the left alone.
    const QImage still = picture(right());
    auto* time = find<TimeSlider>("time");
    clickMoment(*time, firstPlan(recording, 1));
    EXPECT_TRUE(shows(left(), *planAt(recording, firstPlan(recording, 1), 1)));
    EXPECT_EQ(picture(right()), still);
    EXPECT_EQ(moment().value(), at + 2);
    clickMoment(*time, 0);
    EXPECT_TRUE(left().accessibleDescription().startsWith("No transport plan"));
    EXPECT_EQ(text("sideDifference"), "There is no plan on the left yet");
    EXPECT_EQ(picture(right()), still);

    // The three ways to draw a plan are for both sides.
    clickMoment(*time, last());
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::AltModifier);
    EXPECT_EQ(left().mode(), PlanMode::hard);
    EXPECT_TRUE(shows(left(), *final_plan));
    EXPECT_TRUE(shows(right(), *later));
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::AltModifier);
    EXPECT_TRUE(shows(right(), *later));
}

TEST_F(SideBySideTest, ZoomingOneZoomsTheOther) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const auto first = planAt(recording, firstPlan(recording, 1), 1), end = planAt(recording, last(), 1);
    const auto whole = left().window();
    EXPECT_EQ(right().window(), whole);
    wheel(left(), left().cellRect(100, 5).center(), 4);
    EXPECT_NE(left().window(), whole);
    EXPECT_EQ(right().window(), left().window());
    EXPECT_TRUE(shows(left(), *end));
    EXPECT_TRUE(shows(right(), *first));

    const auto before = right().window();
    const QPoint from = right().rect().center(), to = from + QPoint(0, 60);
    QTest::mousePress(&right(), Qt::LeftButton, {}, from);
    QMouseEvent drag(QEvent::MouseMove, to, right().mapToGlobal(to), Qt::NoButton, Qt::LeftButton,
                     Qt::NoModifier);
    QApplication::sendEvent(&right(), &drag);
    QTest::mouseRelease(&right(), Qt::LeftButton, {}, to);
    QEvent leave(QEvent::Leave);  // with the frame around the cell under the pointer
    QApplication::sendEvent(&right(), &leave);
    EXPECT_LT(right().window().rows.first, before.rows.first);
    EXPECT_EQ(left().window(), right().window());
    EXPECT_TRUE(shows(left(), *end));
    EXPECT_TRUE(shows(right(), *first));
    wheel(right(), right().rect().center(), -1);
    EXPECT_EQ(left().window(), right().window());
    right().setFocus();
    QTest::keyClick(&right(), Qt::Key_0);
    EXPECT_EQ(left().window(), whole);
}

TEST_F(SideBySideTest, ANeuronHasTheRowThatItHasOnTheLeft) {
    ASSERT_NO_FATAL_FAILURE(openRecorded());
    const Recording recording(recorded());
    const auto first = planAt(recording, firstPlan(recording, 1), 1), end = planAt(recording, last(), 1);
    const auto rows_agree = [&] {
        for (int neuron = 0; neuron < end->neurons; ++neuron)
            if (left().rowOf(neuron) != right().rowOf(neuron)) return false;
        return true;
    };
    ASSERT_TRUE(enabled("rowsAsLeft"));
    EXPECT_FALSE(rows_agree());
    QTest::keyClick(m_window.get(), Qt::Key_L, Qt::AltModifier);
    EXPECT_TRUE(rows_agree());
    EXPECT_TRUE(shows(right(), *first));
    EXPECT_FALSE(shows(right(), *end));
    EXPECT_TRUE(right().accessibleDescription().contains("rows as on the left"));
    QTest::keyClick(m_window.get(), Qt::Key_2, Qt::AltModifier);
    EXPECT_TRUE(rows_agree());
    EXPECT_TRUE(shows(right(), *first));
    QTest::keyClick(m_window.get(), Qt::Key_1, Qt::AltModifier);

    // Not for two layers; it comes back with the layer.
    typeLayer(0);
    EXPECT_FALSE(enabled("rowsAsLeft"));
    EXPECT_EQ(find<QAction>("rowsAsLeft")->toolTip(),
              "Not possible: layer 1 is on the left, layer 0 on the right");
    EXPECT_TRUE(isSortedByOwner(right(), *planAt(recording, moment().value(), 0)));
    clickLayer(0);
    EXPECT_TRUE(enabled("rowsAsLeft"));
    EXPECT_TRUE(rows_agree());
    clickButton("Rows as on the left");
    EXPECT_FALSE(rows_agree());
}

}  // namespace
}  // namespace dotmoe::studio
