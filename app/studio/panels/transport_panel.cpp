#include "app/studio/panels/transport_panel.h"

#include <QAction>
#include <QActionGroup>
#include <QHBoxLayout>
#include <QLabel>
#include <QSplitter>
#include <QVBoxLayout>

#include "app/studio/figures.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/pins.h"
#include "app/studio/plan_difference.h"
#include "base/error.h"
#include "pipeline/solve_again.h"
#include "widgets/plan_heatmap.h"
#include "widgets/plan_iterate.h"
#include "widgets/sinkhorn_scope.h"

namespace dotmoe::studio {

TransportPanel::TransportPanel(QWidget* parent)
    : QWidget(parent),
      m_heatmap(new PlanHeatmap),
      m_solved(new PlanHeatmap),
      m_solveAgain(new QAction(tr("Solve a&gain"), this)),
      m_scope(new SinkhornScope),
      m_gaps(new QLabel),
      m_cell(new QLabel),
      m_moved(new QLabel) {
    auto* bar = new QHBoxLayout;
    bar->setSpacing(2);
    auto* group = new QActionGroup(this);
    const std::array modes{PlanMode::soft, PlanMode::hard, PlanMode::difference};
    const std::array names{tr("&Soft plan"), tr("&Hard plan"), tr("&Difference")};
    const std::array tips{tr("Mass that Sinkhorn gives each expert of a neuron"),
                          tr("The one expert of each neuron"),
                          tr("Soft minus hard: where the rounding had to decide")};
    for (std::size_t i = 0; i < modes.size(); ++i) {
        m_modes[i] = group->addAction(names[i]);
        m_modes[i]->setCheckable(true);
        m_modes[i]->setToolTip(tips[i]);
        connect(m_modes[i], &QAction::triggered, this, [this, mode = modes[i]] {
            m_heatmap->setMode(mode);
            m_solved->setMode(mode);
        });
        bar->addWidget(new ChoiceButton(m_modes[i]));
    }
    m_modes[0]->setChecked(true);
    m_heatmap->setMode(PlanMode::soft);

    m_gaps->setAccessibleName(tr("Gaps of the plan"));
    m_gaps->setForegroundRole(QPalette::PlaceholderText);
    m_cell->setAccessibleName(tr("Cell under the pointer"));
    bar->addSpacing(12);
    m_moved->setAccessibleName(tr("What solving again moved"));
    m_solveAgain->setObjectName("solveAgain");
    m_solveAgain->setCheckable(true);
    m_solveAgain->setToolTip(
        tr("The plan with the neurons pinned and forbidden here, beside the one of the run"));
    bar->addWidget(new ChoiceButton(m_solveAgain));
    bar->addSpacing(12);
    bar->addWidget(m_gaps);
    bar->addStretch(1);
    bar->addWidget(m_cell);

    m_heatmap->setObjectName("heatmap");
    m_scope->setObjectName("sinkhorn");
    auto* splitter = new QSplitter(Qt::Vertical);
    auto* plans = new QSplitter(Qt::Horizontal);
    m_solved->setObjectName("solvedHeatmap");
    m_solved->setAccessibleName(tr("Transport plan solved again"));
    m_solved->hide();
    for (auto* plan : {m_heatmap, m_solved}) plans->addWidget(plan);
    plans->setChildrenCollapsible(false);
    splitter->addWidget(plans);
    splitter->addWidget(m_scope);
    splitter->setStretchFactor(0, 3);
    splitter->setStretchFactor(1, 1);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addLayout(bar);
    column->addWidget(m_moved);
    m_moved->setObjectName("moved");
    m_moved->setWordWrap(true);
    m_moved->hide();
    column->addWidget(splitter, 1);

    connect(m_scope, &SinkhornScope::iterationSelected, this, &TransportPanel::showIteration);
    connect(m_solveAgain, &QAction::toggled, this, &TransportPanel::solve);
    wirePlans();
}

void TransportPanel::wirePlans() {
    for (auto* plan : {m_heatmap, m_solved}) {
        connect(plan, &PlanHeatmap::cellHovered, this, &TransportPanel::showCell);
        connect(plan, &PlanHeatmap::hoverLeft, m_cell, &QLabel::clear);
        connect(plan, &PlanHeatmap::markWanted, this, [this](int neuron, int column, PlanMarking marking) {
            emit markWanted({m_plan->layer, neuron, column - (m_plan->shared_column ? 1 : 0)}, marking);
        });
    }
    connect(m_heatmap, &PlanHeatmap::windowChanged, m_solved, &PlanHeatmap::setWindow);
    connect(m_solved, &PlanHeatmap::windowChanged, m_heatmap, &PlanHeatmap::setWindow);
}

void TransportPanel::setPlan(const std::shared_ptr<const PlanSnapshot>& plan) {
    m_plan = plan;
    m_heatmap->setSnapshot(plan);
    showMarks();
    m_solveAgain->setEnabled(plan != nullptr);
    solve(m_solveAgain->isChecked());
    m_gaps->setText(plan ? tr("soft–hard gap %1 · greedy–exact gap %2")
                               .arg(share_text(plan->soft_hard_gap), plan->greedy_gap
                                                                         ? share_text(*plan->greedy_gap)
                                                                         : tr("–, neurons are held"))
                         : QString());
}

void TransportPanel::setSolve(const std::shared_ptr<const SinkhornSnapshot>& solve) {
    m_solve = solve;
    m_scope->setSnapshot(solve);
}

void TransportPanel::showIteration(int iteration) {
    if (!m_plan || !m_solve) return;
    if (iteration == 0)
        m_heatmap->setSnapshot(m_plan);
    else if (endedIn(*m_solve, *m_plan))
        m_heatmap->setVariant(planAfter(*m_plan, *m_solve, iteration), tr("iteration %1").arg(iteration));
}

void TransportPanel::setPins(const Pins& pins) {
    m_pins = &pins;
    showMarks();
    solve(m_solveAgain->isChecked());
}

void TransportPanel::showMarks() {
    const auto marks =
        m_pins && m_plan ? m_pins->marks(m_plan->layer, m_plan->shared_column) : std::vector<PlanMark>{};
    for (auto* plan : {m_heatmap, m_solved}) plan->setMarks(marks);
}

void TransportPanel::solve(bool wanted) {
    if (!wanted || !m_plan) {
        m_solver.ask(
            []() -> LatestJob::Delivery { return [] {}; });  // an answer under way is no longer wanted
        m_solved->hide();
        m_moved->hide();
        return;
    }
    const auto constraints = m_pins ? m_pins->constraints() : ConstraintRecipe{};
    m_solver.ask([this, plan = m_plan, constraints]() -> LatestJob::Delivery {
        try {
            return [this, solved = solve_again(*plan, constraints)] { showSolved(solved); };
        } catch (const Error& error) {
            return [this, reason = QString::fromUtf8(error.what())] {
                m_solved->hide();
                m_moved->setText(reason);
                m_moved->show();
            };
        }
    });
}

void TransportPanel::showSolved(const std::shared_ptr<const PlanSnapshot>& plan) {
    m_solved->setSnapshot(m_plan);  // the same order of rows and the same colours
    m_solved->setVariant(plan, tr("solved again"));
    m_solved->setWindow(m_heatmap->window());
    m_moved->setText(
        tr("Solved again with %1 held by hand in this layer: %2 of %3 neurons move, soft–hard gap %4")
            .arg(m_pins ? m_pins->marks(plan->layer, plan->shared_column).size() : 0)
            .arg(neurons_elsewhere(*plan, *m_plan))
            .arg(plan->neurons)
            .arg(share_text(plan->soft_hard_gap)));
    m_moved->show();
    m_solved->show();
}

void TransportPanel::showCell(int neuron, int column, double mass, double margin) {
    m_cell->setText(tr("neuron %1 · %2 · mass %3 · margin %4")
                        .arg(QString::number(neuron), m_heatmap->columnName(column),
                             QString::number(mass, 'f', 3), QString::number(margin, 'f', 3)));
}

}  // namespace dotmoe::studio
