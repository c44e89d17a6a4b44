#include "app/studio/panels/side_panel.h"

#include <QAction>
#include <QGridLayout>
#include <QLabel>
#include <QScopedValueRollback>
#include <QSplitter>

#include "app/studio/known_runs.h"
#include "app/studio/moment_text.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/panels/second_choice.h"
#include "app/studio/plan_difference.h"
#include "app/studio/timeline.h"
#include "widgets/balance_bars.h"
#include "widgets/plan_heatmap.h"

namespace dotmoe::studio {
namespace {

QString label_of(const Recording* recording) {
    return recording ? recording_label(recording->path()) : SidePanel::tr("This run");
}

void head(QLabel& label, const Recording* recording, int layer, int moment) {
    label.setText(layer < 0 ? SidePanel::tr("Nothing open")
                            : SidePanel::tr("%1 · layer %2 · at %3")
                                  .arg(label_of(recording))
                                  .arg(layer)
                                  .arg(place_text(recording, moment)));
    label.setToolTip(recording ? QString::fromStdString(recording->path().string()) : QString());
}

int shared_neurons(const Recording* recording) {
    return recording ? recording->started().shared : 0;
}

}  // namespace

SidePanel::SidePanel(const Timeline& timeline, const std::array<QAction*, 3>& modes, QWidget* parent)
    : QWidget(parent),
      m_timeline(timeline),
      m_second(timeline),
      m_left(makeSide(QStringLiteral("left"), tr("Transport plan, left"), tr("Expert load, left"))),
      m_right(makeSide(QStringLiteral("right"), tr("Transport plan, right"), tr("Expert load, right"))),
      m_rows(new QAction(tr("Rows as on the &left"), this)),
      m_difference(new QLabel) {
    m_difference->setObjectName("sideDifference");
    m_difference->setAccessibleName(tr("What differs"));
    m_difference->setToolTip(tr("Experts of different runs are matched by their numbers alone"));
    m_difference->setAlignment(Qt::AlignCenter);
    m_difference->setWordWrap(true);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addLayout(buildBar(modes));
    column->addLayout(buildHead());
    column->addWidget(m_difference);
    column->addWidget(buildViews(), 1);
    wire();
}

SidePanel::Side SidePanel::makeSide(const QString& name, const QString& plan, const QString& loads) {
    const Side side{new QLabel, new PlanHeatmap, new BalanceBars};
    side.heading->setObjectName(name + "Heading");
    side.heading->setWordWrap(true);
    auto font = side.heading->font();
    font.setBold(true);
    side.heading->setFont(font);
    side.plan->setObjectName(name + "Plan");
    side.plan->setAccessibleName(plan);
    side.plan->leaveMarkingOut();
    side.loads->setObjectName(name + "Loads");
    side.loads->setAccessibleName(loads);
    side.loads->leaveLegendOut();
    side.loads->setMinimumWidth(160);  // there are two of them
    return side;
}

QHBoxLayout* SidePanel::buildBar(const std::array<QAction*, 3>& modes) {
    auto* bar = new QHBoxLayout;
    bar->setSpacing(2);
    constexpr std::array shown{PlanMode::soft, PlanMode::hard, PlanMode::difference};
    for (std::size_t i = 0; i < modes.size(); ++i) {
        connect(modes[i], &QAction::toggled, this, [this, mode = shown[i]](bool on) {
            if (!on) return;
            for (const auto* side : {&m_left, &m_right}) side->plan->setMode(mode);
            m_shownRows.reset();  // with the rows of the left it has the left's colours too
            showRight();
        });
        bar->addWidget(new ChoiceButton(modes[i]));
    }
    m_rows->setObjectName("rowsAsLeft");
    m_rows->setCheckable(true);
    m_rows->setEnabled(false);  // nothing is shown yet
    bar->addSpacing(12);
    bar->addWidget(new ChoiceButton(m_rows));
    bar->addStretch(1);
    return bar;
}

QLayout* SidePanel::buildHead() {
    auto* head = new QGridLayout;
    auto* hint = new QLabel(tr("chosen in the layer list and the time bar"));
    hint->setForegroundRole(QPalette::PlaceholderText);
    hint->setWordWrap(true);
    head->addWidget(hint, 0, 0);
    head->addWidget(new SecondChoice(m_second), 0, 1);
    head->addWidget(m_left.heading, 1, 0);
    head->addWidget(m_right.heading, 1, 1);
    head->setColumnStretch(0, 1);
    head->setColumnStretch(1, 1);
    return head;
}

QWidget* SidePanel::buildViews() {
    auto* views = new QSplitter(Qt::Vertical);
    const auto add = [views](QWidget* left, QWidget* right, int stretch) {
        auto* both = new QWidget;
        auto* row = new QHBoxLayout(both);
        row->setContentsMargins(0, 0, 0, 0);
        row->addWidget(left, 1);
        row->addWidget(right, 1);
        views->addWidget(both);
        views->setStretchFactor(views->count() - 1, stretch);
    };
    add(m_left.plan, m_right.plan, 2);
    add(m_left.loads, m_right.loads, 1);
    views->setChildrenCollapsible(false);
    return views;
}

void SidePanel::wire() {
    connect(m_left.plan, &PlanHeatmap::windowChanged, this,
            [this] { link(m_left, m_plan.get(), m_right, m_second.plan().get()); });
    connect(m_right.plan, &PlanHeatmap::windowChanged, this,
            [this] { link(m_right, m_second.plan().get(), m_left, m_plan.get()); });
    connect(m_rows, &QAction::toggled, this, &SidePanel::showRight);
    connect(&m_second, &SecondView::pictureChanged, this, [this] {
        if (!isVisible()) return;
        m_right.loads->setSharedNeurons(shared_neurons(m_second.recording()));
        m_right.loads->setLoad(m_second.load(), m_second.layer());
        showLoads();
        showRight();
    });
    connect(&m_second, &SecondView::momentsChanged, this, &SidePanel::tell);
    connect(&m_timeline, &Timeline::momentsChanged, this, &SidePanel::tell);
    connect(&m_timeline, &Timeline::momentChanged, this, &SidePanel::tell);
    connect(&m_second, &SecondView::refused, this, &SidePanel::refused);
    connect(&m_second, &SecondView::unreadable, this, &SidePanel::unreadable);
}

void SidePanel::showEvent(QShowEvent*) {
    m_second.setActive(true);
    showLeft();
    showLoads();
}

void SidePanel::hideEvent(QHideEvent*) {
    m_second.setActive(false);
}

void SidePanel::setLayer(int layer) {
    m_layer = layer;
    m_second.followLayer(layer);
    tell();
}

void SidePanel::setPlan(const std::shared_ptr<const PlanSnapshot>& plan) {
    m_plan = plan;
    showLeft();
}

void SidePanel::setLoad(const std::shared_ptr<const LoadSnapshot>& load) {
    m_load = load;
    showLoads();
}

void SidePanel::showLeft() {
    if (!isVisible()) return;
    m_left.plan->setSnapshot(m_plan);
    showRight();
}

void SidePanel::showRight() {
    if (!isVisible()) return;
    const auto& plan = m_second.plan();
    const auto difference = why_rows_differ(m_plan.get(), plan.get());
    m_rows->setEnabled(difference.isEmpty());
    m_rows->setToolTip(difference.isEmpty()
                           ? tr("Each neuron on the right in the row that it has on the left")
                           : tr("Not possible: %1").arg(difference));
    const bool aligned = m_rows->isChecked() && m_rows->isEnabled();
    const auto& rows = aligned ? m_plan : plan;
    if (plan != m_shown || rows != m_shownRows) {
        m_right.plan->setSnapshot(rows);
        if (aligned) m_right.plan->setVariant(plan, tr("rows as on the left"));
        m_shown = plan;
        m_shownRows = rows;
    }
    link(m_left, m_plan.get(), m_right, plan.get());
    tell();
}

void SidePanel::showLoads() {
    if (!isVisible()) return;
    m_left.loads->setSharedNeurons(shared_neurons(m_timeline.recording()));
    m_left.loads->setLoad(m_load, m_layer);
    m_left.loads->reachTo(m_right.loads->highest());
    m_right.loads->reachTo(m_left.loads->highest());
    tell();
}

void SidePanel::link(const Side& from, const PlanSnapshot* plan, const Side& to, const PlanSnapshot* other) {
    const auto& window = from.plan->window();
    if (m_linking || !plan || !other || window == PlanWindow{}) return;
    const QScopedValueRollback linking(m_linking, true);
    to.plan->setWindow({fitted(window.rows, plan->neurons, other->neurons),
                        fitted(window.columns, plan->columns, other->columns)});
}

void SidePanel::tell() {
    if (!isVisible()) return;
    head(*m_left.heading, m_timeline.recording(), m_layer, m_timeline.moment());
    head(*m_right.heading, m_second.recording(), m_second.layer(), m_second.moment());
    const std::pair<const Side*, const Recording*> sides[] = {{&m_left, m_timeline.recording()},
                                                              {&m_right, m_second.recording()}};
    for (const auto& [side, recording] : sides) {
        const auto run = m_second.isOtherRun() ? label_of(recording) : QString();
        side->plan->setRun(run);
        side->loads->setRun(run);
    }
    m_difference->setText(difference_text({m_plan.get(), m_left.loads->highest()},
                                          {m_second.plan().get(), m_right.loads->highest()}));
}

}  // namespace dotmoe::studio
