import { choiceScores, subjectAccuracies } from './forms/choice-scores.ts';
import { formatScore } from './values/format-number.ts';
import { computedFrom, type Metric } from './metric.ts';

/** MMLU's groups of subjects (arXiv 2009.03300), as its own evaluation parts them. */
const subjects = {
  stem: `abstract_algebra astronomy college_biology college_chemistry college_computer_science college_mathematics
    college_physics computer_security conceptual_physics electrical_engineering elementary_mathematics
    high_school_biology high_school_chemistry high_school_computer_science high_school_mathematics
    high_school_physics high_school_statistics machine_learning`,
  humanities: `formal_logic high_school_european_history high_school_us_history high_school_world_history
    international_law jurisprudence logical_fallacies moral_disputes moral_scenarios philosophy prehistory
    professional_law world_religions`,
  social_sciences: `econometrics high_school_geography high_school_government_and_politics
    high_school_macroeconomics high_school_microeconomics high_school_psychology human_sexuality
    professional_psychology public_relations security_studies sociology us_foreign_policy`,
  other_subjects: `anatomy business_ethics clinical_knowledge college_medicine global_facts human_aging management
    marketing medical_genetics miscellaneous nutrition professional_accounting professional_medicine virology`,
};

/** Subjects of each group. */
export const subjectGroups: Readonly<Record<string, readonly string[]>> = Object.fromEntries(
  Object.entries(subjects).map(([group, names]) => [group, names.split(/\s+/)]),
);

/** The share of right answers over all questions of a group. */
function groupAccuracy(group: string, words: string): Metric {
  return {
    name: `${group}_accuracy`,
    heading: words,
    direction: 'maximize',
    range: [0, 1],
    format: formatScore,
    computations: [
      computedFrom(choiceScores, (content) => {
        let [rows, right] = [0, 0];
        for (const [subject, count] of subjectAccuracies(content)) {
          if (subjectGroups[group]?.includes(subject) !== true) continue;
          rows += count.rows;
          right += count.right;
        }
        return rows === 0 ? null : right / rows;
      }),
    ],
    over: 'corpus',
    sentence: `Share of the questions of MMLU’s group ${words} that are answered right; undefined where there are none`,
  };
}

export const groupAccuracies: readonly Metric[] = [
  groupAccuracy('stem', 'STEM'),
  groupAccuracy('humanities', 'humanities'),
  groupAccuracy('social_sciences', 'social sciences'),
  groupAccuracy('other_subjects', 'other'),
];
