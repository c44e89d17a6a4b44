#include "app/studio/panels/recipe_panel.h"

#include <QComboBox>
#include <QDir>
#include <QFormLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QSignalBlocker>
#include <QSpinBox>
#include <QVBoxLayout>
#include <limits>

#include "align/routing_rule_names.h"
#include "align/typed_settings.h"
#include "app/studio/default_output.h"
#include "app/studio/figures.h"
#include "app/studio/panels/dry_run_card.h"
#include "app/studio/panels/paths_edit.h"
#include "app/studio/theme.h"
#include "base/error.h"
#include "experts/layout.h"

namespace dotmoe::studio {
namespace {

QSpinBox* add_number(QFormLayout* form, const char* name, const QString& label, const QString& tip,
                     int lowest) {
    auto* box = new QSpinBox;
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setToolTip(tip);
    box->setRange(lowest, std::numeric_limits<int>::max());
    form->addRow(label, box);
    return box;
}

QComboBox* add_choice(QFormLayout* form, const char* name, const QString& label, const QString& tip,
                      const std::vector<std::string>& choices) {
    auto* box = new QComboBox;
    box->setObjectName(name);
    box->setAccessibleName(label);
    box->setToolTip(tip);
    for (const auto& choice : choices) box->addItem(QString::fromStdString(choice));
    form->addRow(label, box);
    return box;
}

bool fits(const Layout& layout, const ModelSummary& model) {
    try {
        check_layout(layout, model.config.neurons);
        return true;
    } catch (const Error&) {
        return false;
    }
}

std::filesystem::path to_path(const QString& text) {
    return QDir::toNativeSeparators(text).toStdString();
}

}  // namespace

RecipePanel::RecipePanel(QAction* measure, QWidget* parent)
    : QWidget(parent),
      m_presets(new QComboBox),
      m_text(new PathsEdit(PathsEdit::Choose::texts, tr("Text"))),
      m_out(new PathsEdit(PathsEdit::Choose::folder, tr("Output folder"))),
      m_settings(new QLineEdit),
      m_check(new QLabel),
      m_forkNote(new QLabel),
      m_anew(new QPushButton(tr("Convert anew instead"))),
      m_card(new DryRunCard(measure)),
      m_form(new QWidget),
      m_copy(new QPushButton(tr("Copy as command line"))) {
    setObjectName("recipe");
    auto* form = new QFormLayout(m_form);
    form->setContentsMargins(0, 0, 0, 0);
    form->setFieldGrowthPolicy(QFormLayout::AllNonFixedFieldsGrow);
    m_presets->setObjectName("recipePreset");
    m_presets->setAccessibleName(tr("Preset"));
    for (const auto& name : dotmoe::preset_names()) m_presets->addItem(QString::fromStdString(name));
    form->addRow(tr("Preset"), m_presets);
    m_method = add_choice(
        form, "method", tr("Method"),
        tr("How the neurons of a layer are dealt to experts; all but transport are there to compare"),
        method_names());
    m_routing = add_choice(form, "routing", tr("Routing"), tr("How a token's experts are chosen and weighed"),
                           routing_rule_names());
    m_experts = add_number(form, "experts", tr("Experts"), tr("Routed experts a layer, E"), 1);
    m_active = add_number(form, "active", tr("Active"), tr("Experts that each token is sent to, k"), 1);
    m_shared = add_number(form, "shared", tr("Shared"), tr("Neurons that every token uses, S"), 0);
    m_steps =
        add_number(form, "steps", tr("Steps"), tr("Steps of global training after the layer-wise phase"), 0);
    m_fit = add_number(
        form, "fit", tr("Fit"),
        tr("Windows of text to which the output projections are fitted afterwards, in closed form; "
           "0 leaves them"),
        0);
    m_recover =
        add_number(form, "recover", tr("Recovery"), tr("Steps in which all weights go on learning then"), 0);
    m_seed = add_number(form, "seed", tr("Seed"), tr("Same seed, same machine: the same assignment"), 0);
    m_settings->setObjectName("settings");
    m_settings->setAccessibleName(tr("Other settings"));
    m_settings->setToolTip(
        tr("Any other setting of a recipe, as in its file; several are parted by semicolons"));
    m_settings->setPlaceholderText(tr("distill.balance_weight = 0.05"));
    form->addRow(tr("Others"), m_settings);
    m_text->setObjectName("text");
    m_text->setToolTip(
        tr("Files and folders of text (.txt .md .rst .pod); about a tenth is held out to judge"));
    m_text->setPlaceholderText(tr("files or folders"));
    form->addRow(tr("Text"), m_text);
    m_out->setObjectName("out");
    m_out->setToolTip(tr("Folder of the conversion; made when it is not there"));
    form->addRow(tr("Output"), m_out);

    m_check->setObjectName("check");
    m_check->setWordWrap(true);
    m_check->setTextFormat(Qt::PlainText);
    // Two lines kept free: a message that comes and goes must not move the fields under the mouse.
    m_check->setMinimumHeight(2 * m_check->fontMetrics().lineSpacing());
    m_check->setAlignment(Qt::AlignTop | Qt::AlignLeft);
    m_copy->setObjectName("copyCommandLine");

    m_forkNote->setObjectName("forkNote");
    m_forkNote->setWordWrap(true);
    m_forkNote->setTextFormat(Qt::PlainText);
    m_anew->setObjectName("anew");

    auto* column = new QVBoxLayout(this);
    column->setContentsMargins(8, 8, 8, 8);
    column->setSpacing(8);
    column->addWidget(m_forkNote);
    column->addWidget(m_anew);
    column->addWidget(m_form);
    column->addWidget(m_check);
    column->addWidget(m_card);
    column->addWidget(m_copy);
    column->addStretch(1);

    m_estimateSoon.setSingleShot(true);
    m_estimateSoon.setInterval(200);
    connect(&m_estimateSoon, &QTimer::timeout, this, &RecipePanel::estimate);
    connect(m_presets, &QComboBox::textActivated, this, &RecipePanel::setPreset);
    for (auto* box : {m_experts, m_active, m_shared, m_steps, m_fit, m_recover, m_seed})
        connect(box, &QSpinBox::valueChanged, this, &RecipePanel::recheck);
    for (auto* box : {m_method, m_routing})
        connect(box, &QComboBox::currentTextChanged, this, &RecipePanel::recheck);
    connect(m_settings, &QLineEdit::textChanged, this, &RecipePanel::recheck);
    connect(m_anew, &QPushButton::clicked, this, [this] { setPreset(preset()); });
    connect(m_text, &PathsEdit::changed, this, &RecipePanel::recheck);
    connect(m_out, &PathsEdit::changed, this, &RecipePanel::recheck);
    connect(m_copy, &QPushButton::clicked, this, &RecipePanel::copyRequested);
    connect(&m_measuring, &StoppableJob::failed, this, &RecipePanel::measuringFailed);
    connect(&m_measuring, &StoppableJob::busyChanged, this, [this](bool busy) {
        if (!busy) m_card->showProgress({});
        emit measuringChanged();
    });
    setPreset(QStringLiteral("quick"));
}

void RecipePanel::setModel(std::optional<ModelSummary> model) {
    const bool another = !m_model || !model || model->path != m_model->path;
    m_model = std::move(model);
    if (another && m_fork) setPreset(preset());
    m_card->clearActual();
    choosePresetThatFits();
    refreshOut();
    recheck();
}

void RecipePanel::choosePresetThatFits() {
    if (!m_model || recipe().layout != m_preset.layout || fits(m_preset.layout, *m_model)) return;
    for (const auto& name : preset_names())
        if (fits(dotmoe::preset(name).layout, *m_model)) return setPreset(QString::fromStdString(name));
}

void RecipePanel::setPreset(const QString& name) {
    m_preset = dotmoe::preset(name.toStdString());
    m_presets->setCurrentText(name);
    if (m_fork) m_constraints = {};  // they were the fork's
    m_fork.reset();
    showFork();
    fill(m_preset);
    refreshOut();
    recheck();
    emit presetChanged(name);
}

QString RecipePanel::preset() const {
    return m_presets->currentText();
}

void RecipePanel::setTextPaths(const QStringList& paths) {
    m_text->setPaths(paths);
}

QStringList RecipePanel::textPaths() const {
    return m_text->paths();
}

void RecipePanel::setOut(const QString& folder) {
    m_out->setPaths({folder});
}

void RecipePanel::setConstraints(const ConstraintRecipe& constraints) {
    m_constraints = constraints;
    recheck();
}

void RecipePanel::setRequest(const ConvertRequest& request) {
    m_fork.reset();
    if (request.fork && !kept_states(request.fork->folder).empty()) m_fork = request.fork->folder;
    const auto name = QString::fromStdString(request.recipe.name);
    m_presets->setCurrentText(name);
    QStringList texts;
    for (const auto& path : request.text) texts << QString::fromStdString(path.string());
    m_text->setPaths(texts);
    lay(request.recipe, {QString::fromStdString(request.out.string())});
    emit presetChanged(name);
}

void RecipePanel::lay(const Recipe& recipe, const QStringList& out) {
    m_preset = recipe;
    m_constraints = recipe.constraints;
    m_out->setPaths(out);
    showFork();
    fill(m_preset);
    refreshOut();
    recheck();
}

void RecipePanel::setEditable(bool editable) {
    m_form->setEnabled(editable);
    m_anew->setEnabled(editable);
}

void RecipePanel::refreshOut() {
    if (!m_model) return m_out->setPlaceholderText(tr("chosen with the model"));
    const auto folder =
        m_fork ? default_output(m_fork->parent_path(), *m_fork, "fork")
               : default_output(to_path(QDir::homePath()) / "dotmoe", m_model->path, preset().toStdString());
    m_out->setPlaceholderText(QString::fromStdString(folder.string()));
}

ConvertRequest RecipePanel::request() const {
    ConvertRequest request;
    if (m_model) request.model = m_model->path;
    for (const auto& path : m_text->paths()) request.text.push_back(to_path(path));
    const auto out = m_out->paths();
    request.out = to_path(out.isEmpty() ? m_out->placeholderText() : out.front());
    request.recipe = recipe();
    if (m_fork) request.fork = ForkRequest{*m_fork, {}};
    return request;
}

void RecipePanel::fill(const Recipe& recipe) {
    const auto set = [](QSpinBox* box, auto value) {
        const QSignalBlocker quiet(box);
        box->setValue(static_cast<int>(value));
    };
    const auto choose = [](QComboBox* box, std::string_view name) {
        const QSignalBlocker quiet(box);
        box->setCurrentText(QString::fromUtf8(name.data(), std::ssize(name)));
    };
    choose(m_method, name_of(recipe.method));
    choose(m_routing, name_of(recipe.layout.routing.rule));
    set(m_experts, recipe.layout.experts);
    set(m_active, recipe.layout.active);
    set(m_shared, recipe.layout.shared);
    set(m_steps, recipe.distill.steps);
    set(m_fit, recipe.recover.fit_windows);
    set(m_recover, recipe.recover.steps);
    set(m_seed, recipe.seed);
    const QSignalBlocker quiet(m_settings);
    m_settings->clear();
}

Recipe RecipePanel::boxes() const {
    auto recipe = m_preset;
    recipe.method = method_named(m_method->currentText().toStdString());
    recipe.layout.routing.rule = routing_rule_named(m_routing->currentText().toStdString());
    recipe.layout.experts = m_experts->value();
    recipe.layout.active = m_active->value();
    recipe.layout.shared = m_shared->value();
    recipe.distill.steps = m_steps->value();
    recipe.recover.fit_windows = m_fit->value();
    recipe.recover.steps = m_recover->value();
    recipe.seed = static_cast<std::uint64_t>(m_seed->value());
    recipe.constraints = m_constraints;
    return recipe;
}

Recipe RecipePanel::withSettings(const Recipe& recipe) const {
    return with_settings(recipe, m_settings->text().toStdString(), tr("Others").toStdString());
}

Recipe RecipePanel::recipe() const {
    try {
        return withSettings(boxes());
    } catch (const UsageError&) {  // findProblem() says why
        return boxes();
    }
}

QString RecipePanel::findProblem() {
    m_begin.reset();
    if (!m_model) return tr("Open a model to convert.");
    try {
        const auto wanted = withSettings(boxes());
        check_recipe(wanted);
        check_layout(wanted.layout, m_model->config.neurons);
        if (m_fork) m_begin = choose_fork({*m_fork, {}}, wanted);
    } catch (const Error& error) {
        return QString::fromUtf8(error.what());
    }
    return m_text->paths().isEmpty() ? tr("Add text to learn from: files or folders.") : QString();
}

void RecipePanel::recheck() {
    m_measuring.stop();
    m_measured = false;
    m_problem = findProblem();
    const Layout layout = recipe().layout;
    const auto neurons = m_model ? m_model->config.neurons : 0;
    auto summary = tr("%1 shared + %2 × %3 = %4 neurons; a token uses %5")
                       .arg(layout.shared)
                       .arg(layout.experts)
                       .arg(layout.capacity(neurons))
                       .arg(neurons)
                       .arg(share_text(layout.active_share(neurons)));
    if (const auto held = m_constraints.pin.size() + m_constraints.forbid.size(); held > 0)
        summary += tr("; %1 held by hand").arg(held);
    if (m_begin)
        summary = tr("Begins at its state '%1', after %2 steps; changed: %3")
                      .arg(QString::fromStdString(m_begin->state))
                      .arg(m_begin->step)
                      .arg(QString::fromStdString(to_text(m_begin->changed)));
    m_check->setText(m_problem.isEmpty() ? summary : m_problem);
    m_check->setForegroundRole(m_problem.isEmpty() ? QPalette::PlaceholderText : QPalette::WindowText);
    m_copy->setEnabled(m_problem.isEmpty());
    m_estimateSoon.start();
    emit changed();
}

}  // namespace dotmoe::studio
