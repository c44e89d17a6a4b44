#include "app/studio/panels/compare_panel.h"

#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPlainTextEdit>
#include <QSpinBox>
#include <QSplitter>
#include <QTabWidget>
#include <QVBoxLayout>

#include "app/studio/actions.h"
#include "app/studio/panels/choice_button.h"
#include "app/studio/panels/pareto_view.h"
#include "app/studio/panels/rows_view.h"
#include "widgets/dial_curve.h"
#include "widgets/table_model.h"

namespace dotmoe::studio {
namespace {

QString name_of(Trial::Side side) {
    return side == Trial::Side::dense ? ComparePanel::tr("Dense") : ComparePanel::tr("Converted");
}

}  // namespace

ComparePanel::ComparePanel(const Actions& actions, std::shared_ptr<OpenedModels> models, QWidget* parent)
    : QWidget(parent),
      m_actions(actions),
      m_trial(std::move(models)),
      m_conversion(new QLabel),
      m_progress(new QLabel),
      m_prompt(new QLineEdit(tr("The moon is"))),
      m_tokens(new QSpinBox),
      m_tables(new QTabWidget),
      m_curve(new DialCurve),
      m_pareto(new ParetoView),
      m_dial(new TableModel(this)),
      m_baselines(new TableModel(this)) {
    m_conversion->setObjectName("comparedConversion");
    m_conversion->setForegroundRole(QPalette::PlaceholderText);
    m_progress->setObjectName("trialProgress");
    m_prompt->setObjectName("prompt");
    m_prompt->setAccessibleName(tr("Prompt"));
    m_tokens->setObjectName("tokenCount");
    m_tokens->setAccessibleName(tr("New tokens"));
    m_tokens->setRange(1, 4096);
    m_tokens->setValue(64);
    m_tokens->setSuffix(tr(" tokens"));
    auto* bar = new QHBoxLayout;
    bar->addWidget(m_prompt, 1);
    bar->addWidget(m_tokens);
    bar->addWidget(new ChoiceButton(actions.generate));
    bar->addWidget(new ChoiceButton(actions.turnDial));
    bar->addWidget(new ChoiceButton(actions.stopTrial));
    auto* state = new QHBoxLayout;
    state->addWidget(m_conversion, 1);
    state->addWidget(m_progress);

    m_tables->setObjectName("compareTables");
    m_tables->setDocumentMode(true);
    m_tables->addTab(buildDial(), tr("k dial"));
    m_tables->addTab(rows_view(m_baselines, "baselines", tr("Methods compared")), tr("Baselines"));
    m_tables->addTab(m_pareto, tr("Pareto"));
    auto* splitter = new QSplitter(Qt::Vertical);
    splitter->addWidget(buildTexts());
    splitter->addWidget(m_tables);
    splitter->setStretchFactor(0, 1);
    splitter->setStretchFactor(1, 2);
    splitter->setChildrenCollapsible(false);
    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->addLayout(bar);
    column->addLayout(state);
    column->addWidget(splitter, 1);

    connect(actions.generate, &QAction::triggered, this, &ComparePanel::generate);
    connect(m_prompt, &QLineEdit::returnPressed, this, &ComparePanel::generate);
    connect(actions.turnDial, &QAction::triggered, this, &ComparePanel::turnDial);
    connect(actions.stopTrial, &QAction::triggered, &m_trial, &Trial::stop);
    wireTrial();
    setConversion({});
}

QWidget* ComparePanel::buildTexts() {
    auto* texts = new QWidget;
    auto* row = new QHBoxLayout(texts);
    row->setContentsMargins(0, 0, 0, 0);
    for (const auto& [side, name] :
         {std::pair{Trial::Side::dense, "denseText"}, {Trial::Side::converted, "convertedText"}}) {
        auto* column = new QVBoxLayout;
        Page& made = page(side) = {new QLabel, new QPlainTextEdit};
        made.heading->setObjectName(QString::fromLatin1(name) + "Speed");
        made.text->setObjectName(QString::fromLatin1(name));
        made.text->setAccessibleName(tr("%1 text").arg(name_of(side)));
        made.text->setReadOnly(true);
        made.text->setTabChangesFocus(true);
        made.text->setMinimumHeight(4 * made.text->fontMetrics().lineSpacing());
        column->addWidget(made.heading);
        column->addWidget(made.text, 1);
        row->addLayout(column);
    }
    return texts;
}

QWidget* ComparePanel::buildDial() {
    m_curve->setObjectName("dialCurve");
    auto* dial = new QSplitter(Qt::Horizontal);
    dial->addWidget(m_curve);
    dial->addWidget(rows_view(m_dial, "dialTable", tr("The k dial in numbers")));
    dial->setSizes({350, 450});
    dial->setStretchFactor(0, 4);
    dial->setStretchFactor(1, 5);
    dial->setChildrenCollapsible(false);
    return dial;
}

void ComparePanel::wireTrial() {
    connect(&m_trial, &Trial::busyChanged, this, &ComparePanel::updateActions);
    connect(&m_trial, &Trial::progressed, m_progress, &QLabel::setText);
    connect(&m_trial, &Trial::failed, this, &ComparePanel::failed);
    connect(&m_trial, &Trial::dialTurned, this, &ComparePanel::showDial);
    connect(&m_trial, &Trial::textGrew, this, [this](Trial::Side side, const QString& piece) {
        auto* text = page(side).text;
        text->moveCursor(QTextCursor::End);
        text->insertPlainText(piece);
    });
    connect(&m_trial, &Trial::generated, this, [this](Trial::Side side, qint64 tokens, double seconds) {
        page(side).heading->setText(
            tr("%1 · %2 tokens · %3 tokens/s")
                .arg(name_of(side))
                .arg(tokens)
                .arg(seconds > 0 ? static_cast<double>(tokens) / seconds : 0, 0, 'f', 1));
    });
}

void ComparePanel::setConversion(const std::filesystem::path& folder) {
    m_trial.setConversion(folder);
    m_conversion->setText(folder.empty() ? tr("Convert a model, or open the folder of a conversion.")
                                         : tr("Conversion: %1").arg(QString::fromStdString(folder.string())));
    clearTexts();
    showDial({});
    updateActions();
}

void ComparePanel::setText(const std::vector<std::filesystem::path>& text) {
    m_text = text;
    updateActions();
}

void ComparePanel::setBaselines(const Table& table) {
    m_baselines->setTable(table);
    m_tables->setCurrentIndex(1);
}

void ComparePanel::setPareto(const Pareto& pareto) {
    m_pareto->setPareto(pareto);
    m_tables->setCurrentWidget(m_pareto);
}

void ComparePanel::clearTexts() {
    for (const auto side : {Trial::Side::dense, Trial::Side::converted}) {
        page(side).heading->setText(name_of(side));
        page(side).text->clear();
    }
}

void ComparePanel::generate() {
    if (m_trial.conversion().empty() || m_prompt->text().isEmpty()) return;
    clearTexts();
    m_trial.generate(m_prompt->text(), m_tokens->value());
}

void ComparePanel::turnDial() {
    m_tables->setCurrentIndex(0);
    m_trial.turnDial(m_text);
}

void ComparePanel::showDial(const std::vector<DialRow>& rows) {
    m_curve->setRows(rows);
    m_dial->setTable(m_curve->table());
}

void ComparePanel::updateActions() {
    const bool ready = !m_trial.conversion().empty() && !m_trial.isBusy();
    m_actions.generate->setEnabled(ready);
    m_actions.turnDial->setEnabled(ready && !m_text.empty());
    m_actions.turnDial->setToolTip(m_text.empty() ? tr("Name text in the recipe to judge on")
                                                  : m_actions.turnDial->statusTip());
    m_actions.stopTrial->setEnabled(m_trial.isBusy());
    if (!m_trial.isBusy()) m_progress->clear();
}

}  // namespace dotmoe::studio
